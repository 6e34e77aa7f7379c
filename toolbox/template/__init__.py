"""Making somebody's project of this template's tree.

`make` is a function of the tree and of the project's record alone: an update calls it for an old
and a new commit, and merges the difference. What begins a project, and what proves that the result
is whole, is around it. None of this is part of the project that it makes.
"""
