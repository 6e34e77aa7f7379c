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
    revisions = project.revisions()
    return Scope(revisions, f"all {len(revisions)} taken as new")


def since(project: Project, revision: str) -> Scope:
    """Take those as new that are not in the history of a revision.

    Raises:
        ToolboxError: there is no such revision.
    """
    known = project.ancestors(revision)
    new = [each for each in project.revisions() if each.revision not in known]
    return Scope(new, f"{len(new)} new since {revision}")


def undetermined(reason: str) -> Scope:
    """Take none as new, because it is not known which are."""
    return Scope((), "none known to be new", reason)
