"""The way straight up, and all the way down, on empty tables."""

from dataclasses import dataclass, field

from alembic.script import Script

from toolbox.databases import Throwaways
from toolbox.gate.catalog import Snapshot
from toolbox.gate.finding import Finding
from toolbox.gate.history.sources import fault
from toolbox.gate.history.stairway import by_subject, partial
from toolbox.gate.history.steps import look, step
from toolbox.gate.project import Project


@dataclass
class Straight:
    """What became of a database that went straight up and down.

    Args:
        url: the database, which is empty.
        base: what it was before the first revision.
        reached: the revisions that work.
        head: what it was at the last of them.
        stuck: ids of revisions whose downgrade fails.
        is_back: whether it is at base again, as it was.
    """

    url: str
    base: Snapshot
    reached: list[Script] = field(default_factory=list)
    head: Snapshot | None = None
    stuck: frozenset[str] = frozenset()
    is_back: bool = False
    findings: list[Finding] = field(default_factory=list)


def up(project: Project, databases: Throwaways, url: str, scripts: list[Script]) -> Straight:
    """Take an empty database up, as far as that works."""
    project.run(url, lambda _, __: [])
    straight = Straight(url, look(project, url))
    for script in scripts:
        if failed := step(project, url, script, "upgrade"):
            straight.findings.append(failed.finding("upgrade-fails", "The upgrade fails"))
            straight.findings += _left_by(project, databases, straight, script)
            break
        straight.reached.append(script)
    straight.head = look(project, url)
    return straight


def _left_by(
    project: Project, databases: Throwaways, straight: Straight, script: Script
) -> list[Finding]:
    """Return what a failed upgrade left, compared with a database that it never met."""
    url = databases.create("untouched")
    project.run(url, lambda _, __: [])
    for each in straight.reached:
        if step(project, url, each, "upgrade"):
            return []
    found = partial(look(project, url), look(project, straight.url), script, "upgrade")
    databases.drop(url)
    return found


def down(project: Project, straight: Straight, irreversible: frozenset[str]) -> None:
    """Take it down again, to where a revision says that there is no way back."""
    if straight.findings:
        return
    for script in reversed(straight.reached):
        if script.revision in irreversible:
            return
        if failed := step(project, straight.url, script, "downgrade"):
            if not failed.irreversible:
                message = "The downgrade fails"
                straight.findings.append(failed.finding("downgrade-fails", message))
                straight.stuck |= {script.revision}
            return
    words = ("it is left at base", "it is gone at base", "at base it has")
    for subject, told in by_subject(straight.base, look(project, straight.url), words):
        straight.findings.append(fault("base-not-empty", subject, f"{subject}: {told}.", None))
    straight.is_back = not straight.findings
