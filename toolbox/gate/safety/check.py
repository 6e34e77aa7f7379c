"""Running each new revision on rows, and gathering what every part of the engine finds."""

from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby
from pathlib import Path
from typing import Any

import psycopg
from alembic.script import Script

from toolbox.databases import Throwaways
from toolbox.gate.catalog import snapshot
from toolbox.gate.finding import Finding
from toolbox.gate.project import Project
from toolbox.gate.safety import (
    failures,
    locks,
    losses,
    objects,
    rewrites,
    row_security,
    scans,
    stale,
    writes,
)
from toolbox.gate.safety.ground import ROWS, Ground, row_counts
from toolbox.gate.safety.previous_app import PreviousApp
from toolbox.gate.safety.review import Review
from toolbox.gate.safety.tracing import watching


def check(
    project: Project, databases: Throwaways, revisions: Sequence[Script], rows: int = ROWS
) -> list[Finding]:
    """Return what is unsafe about these revisions, each run on what those before it made.

    Args:
        project: whose revisions they are.
        databases: where to make databases.
        revisions: those to judge; the others are only run, and are judged by nobody.
        rows: how many rows to write into each table.

    Raises:
        ToolboxError: env.py or an older revision fails.
    """
    judged = {script.revision for script in revisions}
    ground = Ground(project, databases, rows)
    found: list[Finding] = []
    try:
        for is_new, scripts in groupby(project.revisions(), lambda one: one.revision in judged):
            if not is_new:
                ground.pass_by([*scripts])
                continue
            for script in scripts:
                found += _judge(ground, script)
                if ground.on_empty is not None:
                    return found  # nothing can be run on top of it
    finally:
        ground.leave()
    return found


def _judge(ground: Ground, script: Script) -> Iterator[Finding]:
    ground.prepare(script)
    with psycopg.connect(ground.filled, autocommit=True) as connection:
        before, secured = snapshot(connection), row_security.read(connection)
        said = stale.read(connection)
        app = PreviousApp(ground.filled, ground.version_table)
        counts = row_counts(connection)
        with watching(script.revision, Path(script.path)) as trace:
            error = ground.attempt(ground.filled, script)
        yield from failures.find(trace, error, on_empty=ground.on_empty)
        if trace.steps:
            yield from judge(Review(trace, counts, ground.version_table))
        if error is None:
            broken = [*app.meets(trace), *row_security.find(trace, connection, secured, app)]
            yield from broken
            yield from stale.find(trace, connection, said)
            known = {one.subject for one in broken}
            yield from losses.find(trace, before, snapshot(connection), known=known)
    ground.advance(trace, failed=error is not None)


def judge(review: Review) -> Iterator[Finding]:
    """Yield what each set of rules finds in a trace, each fact once."""
    seen = set()
    parts: Iterable[Any] = (rewrites, scans, writes, locks, objects)
    for finding in (one for part in parts for one in part.find(review)):
        fact = finding.rule, finding.subject, finding.message
        if fact not in seen:
            seen.add(fact)
            yield finding
