"""The stairway: each revision up, down and up again, over rows, with a look at every landing."""

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path

import psycopg
from alembic.script import Script

from toolbox.databases import Throwaways
from toolbox.gate.catalog import Difference, Snapshot, compare
from toolbox.gate.finding import Finding, Place, Question
from toolbox.gate.history.contents import Contents, Loss, contents, counts, losses
from toolbox.gate.history.sources import fault
from toolbox.gate.history.steps import Direction, Failure, look, step
from toolbox.gate.project import Project
from toolbox.gate.seeding import seed

ROWS = 20  # a table gets so many more before each revision


@dataclass
class Stairway:
    """A database on its way up, and what was found so far.

    Args:
        project: whose revisions.
        databases: makes throwaway databases.
        irreversible: ids of revisions that say that there is no way back.
        skip: Alembic's own table.
        url: the database.
        landing: what the database is now.
        told: ids of revisions whose downgrade is known to fail on empty tables.
        done: the revisions that it has.
    """

    project: Project
    databases: Throwaways
    irreversible: frozenset[str]
    skip: frozenset[str]
    url: str
    landing: Snapshot
    told: frozenset[str] = frozenset()
    done: list[Script] = field(default_factory=list)
    findings: list[Finding] = field(default_factory=list)
    cannot_seed: set[str] = field(default_factory=set)


def climb(stairway: Stairway, scripts: list[Script]) -> bool:
    """Take a populated database up these revisions; tell whether it is at the last one then."""
    return all(_up_and_down(stairway, script) for script in scripts)


def _up_and_down(stairway: Stairway, script: Script) -> bool:
    """Take one revision up, down and up; tell whether the database is above it at last."""
    _seed(stairway, script)
    before, rows = stairway.landing, contents(stairway.url, stairway.skip)
    if failed := step(stairway.project, stairway.url, script, "upgrade"):
        message = "The upgrade fails on rows that the schema before it allows"
        stairway.findings.append(failed.finding("upgrade-fails-on-rows", message))
        stairway.findings += partial(
            before, look(stairway.project, stairway.url), script, "upgrade"
        )
        return _start_above(stairway, script)
    stairway.done.append(script)
    stairway.landing = look(stairway.project, stairway.url)
    if script.revision in stairway.irreversible:
        return True
    above = contents(stairway.url, stairway.skip)
    _seed(stairway, script)
    seeded = contents(stairway.url, stairway.skip)
    if failed := step(stairway.project, stairway.url, script, "downgrade"):
        return _stays_above(stairway, script, failed)
    below = look(stairway.project, stairway.url)
    wrong = [*differences(before, below, script)]
    stairway.findings += wrong
    after = contents(stairway.url, stairway.skip)
    stairway.findings += [_of_loss(each, script) for each in losses(rows, above, seeded, after)]
    told = {each.subject for each in wrong}
    return _again(stairway, script, seeded, told, is_same=not compare(before, below))


def _seed(stairway: Stairway, script: Script) -> None:
    """Write rows; a table for which that is impossible is told of once."""
    given = Path(stairway.project.scripts.dir) / "seeds"
    with psycopg.connect(stairway.url) as connection:
        found = seed(
            connection,
            ROWS,
            number=len(stairway.done),
            skip=stairway.skip,
            given=given if given.is_dir() else None,
        )
    for finding in found:
        if finding.subject not in stairway.cannot_seed:
            stairway.cannot_seed.add(finding.subject)
            place = Place(script.revision, Path(script.path))
            stairway.findings.append(replace(finding, place=place))


def _stays_above(stairway: Stairway, script: Script, failed: Failure) -> bool:
    """Say why there is no way back, and let the database be above the revision."""
    if failed.irreversible:
        return True
    if script.revision not in stairway.told:
        rule, message = "downgrade-fails-on-rows", "The downgrade fails on rows"
        if _works_without_new_rows(stairway, script):
            rule = "downgrade-fails-on-new-rows"
            message = "The downgrade fails on rows that only the schema after the upgrade allows"
        stairway.findings.append(failed.finding(rule, message))
    left = partial(stairway.landing, look(stairway.project, stairway.url), script, "downgrade")
    stairway.findings += left
    return _start_above(stairway, None) if left else True


def _works_without_new_rows(stairway: Stairway, script: Script) -> bool:
    """Tell whether a downgrade works over the rows that were there before the upgrade.

    If so, what it does to them is looked at here.
    """
    url = stairway.databases.create(f"without_{len(stairway.done)}")
    other = replace(stairway, url=url, done=[], findings=[], cannot_seed=set())
    for each in stairway.done[:-1]:
        if step(stairway.project, url, each, "upgrade"):
            return False
    _seed(other, script)
    before, rows = look(stairway.project, url), contents(url, stairway.skip)
    if step(stairway.project, url, script, "upgrade"):
        return False
    above = contents(url, stairway.skip)
    if step(stairway.project, url, script, "downgrade"):
        return False
    after = contents(url, stairway.skip)
    stairway.findings += differences(before, look(stairway.project, url), script)
    stairway.findings += [_of_loss(each, script) for each in losses(rows, above, above, after)]
    stairway.databases.drop(url)
    return True


def _start_above(stairway: Stairway, script: Script | None) -> bool:
    """Go on with an empty database that has all revisions so far, and this one."""
    stairway.databases.drop(stairway.url)
    stairway.url = stairway.databases.create(f"above_{len(stairway.done)}")
    stairway.done += [script] if script else []
    for each in stairway.done:
        if step(stairway.project, stairway.url, each, "upgrade"):
            return False
    stairway.landing = look(stairway.project, stairway.url)
    return True


def _again(
    stairway: Stairway, script: Script, seeded: Contents, told: set[str], *, is_same: bool
) -> bool:
    """Take the revision up once more: it has to do the same as at first."""
    if failed := step(stairway.project, stairway.url, script, "upgrade"):
        message = "After a downgrade the upgrade does not work again"
        stairway.findings.append(failed.finding("upgrade-fails-again", message))
        return _start_above(stairway, None)
    stairway.findings += _multiplied(stairway, script, seeded)
    if not is_same:
        landing = look(stairway.project, stairway.url)
        stairway.findings += [
            _differing("upgrade-differs-again", subject, how, script)
            for subject, how in by_subject(stairway.landing, landing, AGAIN)
            if subject not in told
        ]
        stairway.landing = landing
    return True


def _multiplied(stairway: Stairway, script: Script, seeded: Contents) -> Iterator[Finding]:
    place = Place(script.revision, Path(script.path))
    for table, now in counts(stairway.url, stairway.skip).items():
        first = seeded.tables[table].count if table in seeded.tables else 0
        if now > first:
            message = (
                f"Up, down and up again, {table} has {now - first} more rows than after the first "
                "upgrade: the downgrade leaves what the upgrade inserts."
            )
            yield fault("rows-multiply", f"table {table}", message, place)


def differences(before: Snapshot, below: Snapshot, script: Script) -> Iterator[Finding]:
    """Give what a downgrade leaves, lacks or makes otherwise than it was before the upgrade."""
    for subject, told in by_subject(before, below, BACK):
        yield _differing("downgrade-differs", subject, told, script)


def partial(before: Snapshot, now: Snapshot, script: Script, way: Direction) -> list[Finding]:
    """Return what a failed step left behind, where its transaction should have taken it back."""
    words = (f"the failed {way} left it", f"the failed {way} took it", f"the failed {way} changed")
    return [
        _differing("partial-commit", subject, told, script)
        for subject, told in by_subject(before, now, words)
    ]


BACK = ("the downgrade leaves it", "the downgrade does not bring it back", "it comes back with")
AGAIN = ("only the second upgrade makes it", "the second upgrade does not make it", "it becomes")


def by_subject(
    left: Snapshot, right: Snapshot, words: tuple[str, str, str]
) -> Iterator[tuple[str, str]]:
    """Give each object that differs, and how: `words` for more, for less, and for otherwise."""
    found: dict[str, list[str]] = {}
    for one in compare(left, right):
        found.setdefault(one.subject, []).append(_told(one, words))
    for subject, told in found.items():
        yield subject, "; ".join(dict.fromkeys(told))


def _told(one: Difference, words: tuple[str, str, str]) -> str:
    if one.attribute:
        return f"{words[2]} {one.attribute} {one.right!r} instead of {one.left!r}"
    which = f" ({one.which})" if one.which else ""
    return f"{words[0] if one.left is None else words[1]}{which}"


def _differing(rule: str, subject: str, told: str, script: Script) -> Finding:
    place = Place(script.revision, Path(script.path))
    return Finding(rule, Question.HISTORY, subject, f"{subject}: {told}.", place)


def _of_loss(loss: Loss, script: Script) -> Finding:
    rule = "rows-lost" if loss.subject.startswith("table") else "values-lost"
    place = Place(script.revision, Path(script.path))
    return Finding(rule, Question.HISTORY, loss.subject, loss.message, place)
