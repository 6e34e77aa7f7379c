"""The history engine: read the revisions, hold them against the main branch, and run them."""

from dataclasses import dataclass, field

from toolbox.checkout import ROOT
from toolbox.databases import Throwaways
from toolbox.errors import ToolboxError
from toolbox.gate.catalog import snapshot
from toolbox.gate.finding import Finding
from toolbox.gate.history import elsewhere, frozen, graph, offline, purity, shape, sources, straight
from toolbox.gate.history.contents import contents
from toolbox.gate.history.git import Unknown
from toolbox.gate.history.sources import Source, fault
from toolbox.gate.history.stairway import Stairway, by_subject, climb
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
    found, faults = sources.read_all(project)
    result = History(faults)
    result.findings += graph.check(found)
    result.findings += shape.check(found)
    result.findings += purity.check(found, project.config_file.parent)
    _hold_against_main(project, found, against, result)
    if graph.FATAL & {each.rule for each in result.findings}:
        result.notes.append("No revision was run: Alembic cannot load them as they are.")
        return result
    _run(project, databases, found, result)
    if project.config_file.parent == ROOT:
        result.findings += _unlisted()
    return result


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


def _run(project: Project, databases: Throwaways, found: list[Source], result: History) -> None:
    """Run the revisions: straight up and down, elsewhere, and up the stairway."""
    irreversible = frozenset(each.revision for each in found if shape.is_irreversible(each))
    try:
        scripts = project.revisions()
    except ToolboxError as exc:
        message = str(exc)
        result.findings.append(fault("broken-file", "revisions", message, None))
        return
    there = databases.create("elsewhere")
    with elsewhere.upgraded_elsewhere(project, there) as process:
        here = databases.create("straight")
        way = straight.up(project, databases, here, scripts)
        skip = frozenset({_version_table(project)})
        rows = contents(here, skip)
        straight.down(project, way, irreversible)
        result.findings += way.findings
        stairway = _stairway(project, databases, irreversible, skip, way.stuck)
        is_above = climb(stairway, way.reached)
        _, said = process.communicate()
    result.findings += stairway.findings
    told = {each.subject for each in stairway.findings if each.rule == "downgrade-differs"}
    result.findings = [
        each
        for each in result.findings
        if (each.rule != "base-not-empty" or each.subject not in told)
        and each.subject not in {f"table {name}" for name in skip}
    ]
    complete = len(way.reached) == len(scripts)
    if complete and process.returncode:
        message = f"In another environment the upgrade fails: {said.strip().splitlines()[-1]}"
        result.findings.append(fault("nondeterministic-schema", "revisions", message, None))
    elif complete and way.head is not None:
        elsewhere.reset(there)
        result.findings += elsewhere.compare(way.head, snapshot(there), rows, contents(there, skip))
        if is_above and not stairway.findings:
            result.findings += _depends_on_rows(way, stairway)
    if complete and (why := offline.why_not(project, here, scripts)):
        result.notes.append(why)
    for url in (there, here, stairway.url):
        databases.drop(url)


def _version_table(project: Project) -> str:
    schema = project.options.get("version_table_schema") or "public"
    return f"{schema}.{project.options.get('version_table') or 'alembic_version'}"


def _stairway(
    project: Project,
    databases: Throwaways,
    irreversible: frozenset[str],
    skip: frozenset[str],
    stuck: frozenset[str],
) -> Stairway:
    url = databases.create("stairway")
    project.run(url, lambda _, __: [])
    return Stairway(project, databases, irreversible, skip, url, snapshot(url), told=stuck)


def _depends_on_rows(way: straight.Straight, stairway: Stairway) -> list[Finding]:
    """Return where the schema at head is another one when there were rows on the way."""
    if way.head is None:
        return []
    words = ("with rows it is made", "with rows it is not made", "with rows it has")
    return [
        fault("data-dependent-schema", subject, f"{subject}: {told}.", None)
        for subject, told in by_subject(way.head, stairway.landing, words)
    ]
