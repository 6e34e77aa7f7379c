"""Which revisions are new: those that a deployment of this branch would run on what serves now."""

from collections.abc import Sequence
from dataclasses import dataclass

from alembic.script import Script

from toolbox.gate.project import Project


@dataclass(frozen=True, slots=True)
class Scope:
    """The new revisions, and how that is known.

    Args:
        new: each after those that it builds on.
        words: which they are, as "1 new since origin/main".
        unknown: why it cannot be known, if so; `new` is empty then.
    """

    new: Sequence[Script]
    words: str
    unknown: str | None = None


def everything(project: Project) -> Scope:
    """Take all revisions as new."""
    return _of(project.revisions(), "taken all as new")


def since(project: Project, revision: str) -> Scope:
    """Take those as new that are not in the history of a revision.

    Raises:
        ToolboxError: there is no such revision.
    """
    known = project.ancestors(revision)
    return _of([each for each in project.revisions() if each.revision not in known], revision)


def undetermined(reason: str) -> Scope:
    """Take none as new, because it is not known which are."""
    return Scope((), "none known to be new", reason)


def _of(new: Sequence[Script], words: str) -> Scope:
    return Scope(new, f"{len(new)} new ({words})")
