"""The three-way merge: what the template changed since, into what the project has become."""

import os
import subprocess
from collections import defaultdict
from dataclasses import dataclass
from pathlib import Path

from toolbox.errors import ToolboxError
from toolbox.update.trees import TOOL, commit_tree, git

# Of each conflict what both began with is shown too, and renames are found in any number of files.
OPTIONS = ("-c", "merge.conflictStyle=zdiff3", "-c", "merge.renameLimit=10000")


@dataclass(frozen=True, slots=True)
class Conflict:
    """A file that git could not merge.

    Attributes:
        path: in the project.
        stages: who has it: 1 the template before, 2 the project, 3 the template now.
    """

    path: str
    stages: tuple[int, ...]

    @property
    def why(self) -> str:
        """Why somebody must decide."""
        return {
            (1, 2, 3): "both changed the same lines",
            (2, 3): "both made a file of this name",
            (1, 2): "the template removed it or moved it, and the project changed it",
            (1, 3): "the project removed it, and the template changed it",
        }.get(self.stages, "both moved it, each to another place")


@dataclass(frozen=True, slots=True)
class Merged:
    """What came of a merge: files that it changed, and those that it could not merge."""

    changed: tuple[str, ...]
    conflicts: tuple[Conflict, ...]


def merge(root: Path, before: str, now: str, label: str) -> Merged:
    """Bring what leads from one tree to another into the work tree and the index.

    The trees become two commits, and the second is picked: a merge of three sides with renames, as
    any git since 2.34 does it. Nothing is committed, and no branch moves.

    Args:
        root: the project's repository, with nothing in it that is not committed.
        before: the tree that the template made for the project before.
        now: the tree that it makes now.
        label: what the other side is called in conflicts.

    Raises:
        ToolboxError: git does not even begin.
    """
    _require_room(root, before, now)
    old = commit_tree(root, before, "the template before", **TOOL)
    new = commit_tree(root, now, label, old, **TOOL)
    done = subprocess.run(
        ["git", *OPTIONS, "cherry-pick", "--no-commit", new],  # noqa: S607 - the user's own
        cwd=root,
        env={**os.environ, "LC_ALL": "C", "GIT_EDITOR": "true"},
        capture_output=True,
        text=True,
        check=False,
    )
    conflicts = _conflicts(root)
    if done.returncode != 0 and not conflicts:
        raise ToolboxError(f"git does not merge: {done.stderr.strip()}")
    changed = git(root, "diff", "--cached", "--name-only", "-z", "--diff-filter=u", "HEAD")
    return Merged(tuple(filter(None, changed.split("\0"))), conflicts)


def _require_room(root: Path, before: str, now: str) -> None:
    """Refuse where the template has a new file at whose place one lies that git does not keep.

    Raises:
        ToolboxError: git would write over it, as over anything that .gitignore names.
    """
    added = git(root, "diff", "--name-only", "-z", "--diff-filter=A", before, now).split("\0")
    kept = set(git(root, "ls-files", "-z").split("\0"))
    if in_the_way := [name for name in added if name not in kept and (root / name).is_file()]:
        raise ToolboxError(
            f"The template has new files where git ignores some of yours: {', '.join(in_the_way)}. "
            "Move them elsewhere, and take up from them afterwards what you need."
        )


def _conflicts(root: Path) -> tuple[Conflict, ...]:
    stages: defaultdict[str, list[int]] = defaultdict(list)
    for line in filter(None, git(root, "ls-files", "--unmerged", "-z").split("\0")):
        place, path = line.split("\t", 1)
        stages[path].append(int(place.rsplit(" ", 1)[1]))
    return tuple(Conflict(path, tuple(found)) for path, found in sorted(stages.items()))
