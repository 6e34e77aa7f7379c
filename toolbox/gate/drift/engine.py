"""Two databases on one server, one as the models say and one as the migrations make it, compared.

Two engines compare them: a snapshot of the catalogs, which knows what means the same, and pg_dump.
What only pg_dump sees is a finding of the rule `unclassified`, so that nothing that the first
engine does not know of passes in silence.
"""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path

import psycopg
from psycopg import sql

from toolbox.databases import Throwaways
from toolbox.gate.catalog import Snapshot, compare, same_meaning, snapshots
from toolbox.gate.drift import models
from toolbox.gate.drift.classes import UNCLASSIFIED
from toolbox.gate.drift.dump import Block, Blocks, dump, find_pg_dump
from toolbox.gate.drift.grouping import Group, grouped
from toolbox.gate.drift.ownership import Ownership
from toolbox.gate.drift.remedies import Remedies, operations
from toolbox.gate.drift.second import is_told, unexplained
from toolbox.gate.drift.sentences import sentence
from toolbox.gate.finding import Finding, Question
from toolbox.gate.project import Project


@dataclass
class Drift:
    """What speaks against models and migrations saying the same.

    Args:
        findings: what differs.
        notes: what is worth knowing and no fault: columns in another order, an engine that did not
            run.
    """

    findings: list[Finding] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)


@dataclass
class Side:
    """One of the two databases."""

    url: str
    snapshot: Snapshot
    blocks: Blocks


def drift(project: Project, databases: Throwaways) -> Drift:
    """Compare a project's models with its migrations.

    Raises:
        ToolboxError: the models or the migrations cannot be made into a database.
    """
    migrated = databases.create("migrations")
    project.upgrade(migrated)
    _drop_version_table(project, migrated)
    modelled = models.build(project.metadata, databases, migrated)
    pg_dump = find_pg_dump(modelled)
    left, right = sides(modelled, migrated, pg_dump)
    result = _compare(project, left, right)
    if pg_dump is None:
        result.notes.append(
            "The second engine did not run: there is no pg_dump of the server's version or later. "
            "Install that version's client programs, so that `pg_dump` is on the PATH."
        )
    databases.drop(modelled)
    databases.drop(migrated)
    return result


def sides(modelled: str, migrated: str, pg_dump: Path | None) -> list[Side]:
    """Look at two databases at once: at their catalogs, and their dumps if there is a pg_dump."""
    urls = (modelled, migrated)
    with ThreadPoolExecutor() as threads:
        dumps = [threads.submit(dump, url, pg_dump) if pg_dump else None for url in urls]
        taken = snapshots(*urls)
        blocks = [one.result() if one else {} for one in dumps]
    return [Side(*one) for one in zip(urls, taken, blocks, strict=True)]


def _drop_version_table(project: Project, url: str) -> None:
    """Drop what Alembic keeps its own revision in: no models have it."""
    schema = project.options.get("version_table_schema")
    name = project.options.get("version_table") or "alembic_version"
    with psycopg.connect(url) as connection:
        table = sql.Identifier(*([schema] if schema else []), name)
        connection.execute(sql.SQL("DROP TABLE IF EXISTS {}").format(table))


def _compare(project: Project, left: Side, right: Side) -> Drift:
    differences = compare(left.snapshot, right.snapshot)
    with psycopg.connect(left.url) as connection:
        excused = same_meaning(differences, left.snapshot, connection)
    ownership = Ownership(project.options, project.metadata)
    real = [one for one in differences if one not in excused]
    groups = [
        group
        for group in grouped(real, left.snapshot, right.snapshot)
        if ownership.is_ours(group.subject, left.snapshot, right.snapshot)
    ]
    both = (left.snapshot, right.snapshot)
    missed = {
        block: texts
        for block, texts in unexplained(left.blocks, right.blocks, both, excused).items()
        if not is_told(block, texts, groups, *both) and ownership.is_ours_in_dump(block, texts)
    }
    made = operations(project, right.url) if groups else []
    remedies = Remedies(made, left.blocks, right.blocks, left.snapshot)
    findings = [_finding(group, left.snapshot, right.snapshot, remedies) for group in groups]
    findings += [_unclassified(block, *texts) for block, texts in sorted(missed.items())]
    return Drift(findings, [*_orders(*both), *_unreadable(left.snapshot)])


def _finding(group: Group, left: Snapshot, right: Snapshot, remedies: Remedies) -> Finding:
    return Finding(
        group.rule,
        Question.DRIFT,
        group.subject,
        sentence(group, left, right),
        remedy=remedies.of(group),
    )


def _unclassified(block: Block, left: str, right: str) -> Finding:
    kind, schema, name = block
    subject = f"{kind.lower()} {name if schema == '-' else f'{schema}.{name}'}"
    lines = (set(left.splitlines()) ^ set(right.splitlines())) - {""}
    return Finding(
        UNCLASSIFIED,
        Question.DRIFT,
        subject,
        "pg_dump writes it differently, and the catalogs' snapshot saw no difference.",
        observed=tuple(sorted(line.strip() for line in lines)),
    )


def _orders(left: Snapshot, right: Snapshot) -> list[str]:
    """Note tables whose columns are in another order: ADD COLUMN can only append."""
    return [
        f"{subject} has its columns in another order: models {', '.join(columns)}; "
        f"migrations {', '.join(right.columns[subject])}."
        for subject, columns in left.columns.items()
        if sorted(columns) == sorted(right.columns.get(subject, ()))
        and columns != right.columns[subject]
        and not subject.startswith(("view", "materialized", "composite"))
    ]


def _unreadable(side: Snapshot) -> list[str]:
    """Note what the role of the URL may not see, and so was not compared."""
    if not side.unreadable:
        return []
    return [f"Not compared, as the role may not read it: {', '.join(side.unreadable)}."]
