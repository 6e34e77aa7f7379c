"""The rehearsal: traffic as it is now, then the new revisions, then traffic as it will be."""

import time
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass

import psycopg
from alembic.script import Script

from toolbox.databases import Throwaways
from toolbox.errors import ToolboxError
from toolbox.gate.project import Project
from toolbox.gate.rehearsal.statements import Stream, streams
from toolbox.gate.rehearsal.steps import downgrade, upgrade, version_table
from toolbox.gate.rehearsal.traffic import Sample, Traffic, p99, running
from toolbox.gate.seeding import seed

# Seconds after which a request is held to have waited for the migration: no request by key takes
# a tenth of it, and people begin to notice.
WAITED = 0.1


@dataclass(frozen=True, slots=True)
class Figures:
    """What the requests of one stream met.

    Args:
        table: the table, as `public.items`.
        kind: `reads` or `writes`.
        before: the 99th percentile of their latency before the migration, in seconds.
        during: the same from the migration's begin on.
        longest: the longest that one took then.
        waited: how long requests took then that took longer than WAITED, all together: the stream
            sends one at a time, so this is how long it stood still.
        errors: what Postgres refused from then on, and how often.
    """

    table: str
    kind: str
    before: float
    during: float
    longest: float
    waited: float
    errors: Counter[str]


@dataclass(frozen=True, slots=True)
class Rehearsal:
    """What came of it; times are in seconds, those of samples by the monotonic clock.

    Args:
        rows: how many each table got.
        revisions: those that ran, by their names.
        began: when the migration began.
        ended: when it ended.
        failed: why it failed, if it did.
        old: the traffic as it is now: before, during and after the migration.
        downgrade: how long it took to take the revisions back with nobody there; None if they were
            not, or it failed.
    """

    rows: int
    revisions: tuple[str, ...]
    began: float
    ended: float
    failed: str | None
    old: Traffic
    downgrade: float | None

    def figures(self) -> list[Figures]:
        """Return what each stream met."""
        return [
            _figures(stream, samples, self.began)
            for stream, samples in zip(self.old.streams, self.old.samples, strict=True)
        ]


def rehearse(
    project: Project,
    databases: Throwaways,
    new: Sequence[Script],
    *,
    rows: int,
    seconds: float = 2.0,
) -> Rehearsal:
    """Run the new revisions on full tables while the statements of the schema before them go on.

    Args:
        project: whose revisions they are.
        databases: where to make the database.
        new: the revisions to run, each after those that it builds on.
        rows: how many rows to write into each table.
        seconds: how long the traffic goes on before and after.

    Raises:
        ToolboxError: the revisions before them fail, or no table has rows and a primary key.
    """
    url = databases.create("rehearsal")
    _prepare(project, url, new, rows)
    with _traffic(url, project) as old:
        time.sleep(seconds)
        began = time.monotonic()
        failed = upgrade(project, url, new)
        ended = time.monotonic()
        time.sleep(seconds)
    back = None if failed else downgrade(project, url, new)
    databases.drop(url)
    names = tuple(script.revision for script in new)
    return Rehearsal(rows, names, began, ended, failed, old, back)


def _prepare(project: Project, url: str, new: Sequence[Script], rows: int) -> None:
    """Bring a database to where the new revisions begin, with rows."""
    names = {script.revision for script in new}
    for script in project.revisions():
        if script.revision not in names:
            project.step_up(url, script)
    with psycopg.connect(url, autocommit=True) as connection:
        seed(connection, rows, skip=[version_table(project)])
        connection.execute("VACUUM ANALYZE")


@contextmanager
def _traffic(url: str, project: Project) -> Iterator[Traffic]:
    with psycopg.connect(url) as connection:
        found = streams(connection, but=version_table(project))
    if not found:
        raise ToolboxError(
            "There is nothing to rehearse with: before the new revisions no table has a primary "
            "key and rows."
        )
    with running(url, found) as traffic:
        yield traffic


def _figures(stream: Stream, samples: Sequence[Sample], began: float) -> Figures:
    before = [one.took for one in samples if one.sent + one.took < began]
    during = [one for one in samples if one.sent + one.took >= began]
    took = [one.took for one in during]
    return Figures(
        stream.table,
        stream.kind,
        before=p99(before),
        during=p99(took),
        longest=max(took, default=0.0),
        waited=sum(one for one in took if one > WAITED),
        errors=Counter(one.error for one in during if one.error),
    )
