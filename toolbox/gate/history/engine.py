"""The history engine: read the revisions, hold them against the main branch, and run them."""

from dataclasses import dataclass, field

from toolbox.checkout import ROOT
from toolbox.databases import Throwaways
from toolbox.errors import ToolboxError
from toolbox.gate.finding import Finding
from toolbox.gate.history import elsewhere, frozen, graph, offline, purity, shape, sources, straight
from toolbox.gate.history.contents import Contents, contents
from toolbox.gate.history.git import Unknown
from toolbox.gate.history.sources import Source, fault
from toolbox.gate.history.stairway import Stairway, by_subject, climb
from toolbox.gate.history.steps import look, version_table
from toolbox.gate.history.straight import Straight
from toolbox.gate.project import Project
from toolbox.migrations import lineage


@dataclass
class History:
    """What speaks against a history being sound.

    Args:
        findings: what is wrong.
        notes: what is worth knowing and no fault, and what could not be judged.
    """

    findings: list[Finding] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)


def history(project: Project, databases: Throwaways, against: str | None = None) -> History:
    """Check a project's revisions.

    Args:
        project: whose.
        databases: makes throwaway databases.
        against: the main branch, or any commit, whose revisions are frozen.

    Raises:
        ToolboxError: something else than the revisions is wrong.
    """
    found, result = read(project, against)
    if graph.FATAL & {each.rule for each in result.findings}:
        result.notes.append("No revision was run: Alembic cannot load them as they are.")
        return result
    try:
        scripts = project.revisions()
    except ToolboxError as exc:
        result.findings.append(fault("broken-file", "revisions", str(exc), None))
        return result
    # Of two that make a role at once, one fails.
    before = climb_all(project, databases, found, result) if databases.roles else None
    there = databases.create("elsewhere")
    with elsewhere.upgraded_elsewhere(project, there) as process:
        way = before or climb_all(project, databases, found, result)
        _, said = process.communicate()
    if len(way.straight.reached) == len(scripts):
        result.findings += _elsewhere(
            project, way, there, said.strip() if process.returncode else None
        )
        if why := offline.why_not(project, there, scripts):
            result.notes.append(why)
    databases.drop(there)
    return result


def read(project: Project, against: str | None = None) -> tuple[list[Source], History]:
    """Return the revisions as they are written, and what is wrong with that."""
    found, faults = sources.read_all(project)
    result = History(faults)
    result.findings += graph.check(found)
    result.findings += shape.check(found)
    result.findings += purity.check(found, project.config_file.parent)
    _hold_against_main(project, found, against, result)
    if project.config_file.parent == ROOT:
        result.findings += _unlisted()
    return found, result


def _hold_against_main(
    project: Project, found: list[Source], against: str | None, result: History
) -> None:
    known = frozen.frozen(project, against)
    if isinstance(known, Unknown):
        result.notes.append(f"Changed revisions were not looked for: {known.reason}.")
    else:
        result.findings += frozen.check(known, found)


def _unlisted() -> list[Finding]:
    try:
        lineage.check()
    except ToolboxError as exc:
        subject = f"file {lineage.FILE.relative_to(ROOT)}"
        return [fault("unlisted-revision", subject, str(exc), None)]
    return []


@dataclass(frozen=True)
class Way:
    """What the revisions made on empty tables: where they went straight up, and their rows."""

    straight: Straight
    rows: Contents
    skip: frozenset[str]


def climb_all(project: Project, databases: Throwaways, found: list[Source], result: History) -> Way:
    """Run the revisions: straight up and down on empty tables, and up the stairway over rows."""
    irreversible = frozenset(each.revision for each in found if shape.is_irreversible(each))
    url = databases.create("straight")
    way = straight.up(project, databases, url, project.revisions())
    skip = frozenset({version_table(project)})
    rows = contents(url, skip)
    straight.down(project, way, irreversible)
    if not way.is_back:
        databases.drop(url)
        url = databases.create("stairway")
        project.run(url, lambda _, __: [])
    stairway = Stairway(
        project, databases, irreversible, skip, url, look(project, url), told=way.stuck
    )
    is_above = climb(stairway, way.reached)
    told = {each.subject for each in stairway.findings if each.rule == "downgrade-differs"}
    result.findings += [
        each for each in way.findings if each.rule != "base-not-empty" or each.subject not in told
    ]
    result.findings += stairway.findings
    if is_above and not way.findings and not stairway.findings:
        result.findings += _depends_on_rows(way, stairway)
    databases.drop(stairway.url)
    return Way(way, rows, skip)


def _elsewhere(project: Project, way: Way, url: str, failed: str | None) -> list[Finding]:
    """Return what became otherwise in another environment."""
    if failed is not None:
        message = f"In another environment the upgrade fails: {failed.splitlines()[-1]}"
        return [fault("nondeterministic-schema", "revisions", message, None)]
    elsewhere.reset(url)
    if way.straight.head is None:
        return []
    there = contents(url, way.skip)
    return [*elsewhere.compare(way.straight.head, look(project, url), way.rows, there)]


def _depends_on_rows(way: Straight, stairway: Stairway) -> list[Finding]:
    """Return where the schema at head is another one when there were rows on the way."""
    if way.head is None:
        return []
    words = ("with rows it is made", "with rows it is not made", "with rows it has")
    return [
        fault("data-dependent-schema", subject, f"{subject}: {told}.", None)
        for subject, told in by_subject(way.head, stairway.landing, words)
    ]
