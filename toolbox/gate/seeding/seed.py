"""Filling all tables of a database, each after those that it refers to."""

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import psycopg
from psycopg import Connection

from toolbox.gate.finding import Finding, Question
from toolbox.gate.seeding.catalog import (
    ForeignKey,
    Oid,
    Table,
    Type,
    quoted,
    read_tables,
    read_types,
)
from toolbox.gate.seeding.fill import CannotSeedError, fill
from toolbox.gate.seeding.slots import Situation

RULE = "cannot-seed"
SETTINGS = """
SET LOCAL jit = off; SET LOCAL TimeZone = 'UTC'; SET LOCAL IntervalStyle = 'postgres';
SET LOCAL DateStyle = 'ISO, YMD'; SET LOCAL client_min_messages = error;
SET CONSTRAINTS ALL IMMEDIATE
"""


@dataclass
class Seeding:
    """Where the filling of a database stands."""

    connection: Connection[Any]
    rows: int
    number: int
    tables: dict[Oid, Table]
    types: dict[Oid, Type]
    given: Path | None
    filled: set[Oid] = field(default_factory=set)
    demands: dict[Oid, tuple[tuple[int, ...], str]] = field(default_factory=dict)
    relaxed: list[tuple[Table, ForeignKey]] = field(default_factory=list)
    findings: list[Finding] = field(default_factory=list)


def seed(
    connection: Connection[Any],
    rows: int,
    *,
    number: int = 0,
    tables: Collection[str] | None = None,
    skip: Collection[str] = ("public.alembic_version",),
    given: Path | None = None,
) -> list[Finding]:
    """Write rows into the tables of a database, in one transaction.

    Args:
        connection: a connection to it, of a role that owns the tables; in a transaction or not.
        rows: how many more each table gets, or fewer where its constraints leave no room; the
            partitions of a table share them.
        number: another number makes other rows, the same the same.
        tables: the only tables to fill, as `public.items`; by default all.
        skip: tables to leave alone.
        given: a folder in which the project may have rows for tables that defeat this generator:
            `public.items.sql` with statements that write them; it is only read for those.

    Returns:
        A finding for each table that has no rows.
    """
    with connection.transaction():
        for setting in SETTINGS.split(";"):
            connection.execute(setting.encode())
        types = read_types(connection)
        found = {
            table.oid: table for table in read_tables(connection, types) if table.name not in skip
        }
        seeding = Seeding(connection, rows, number, found, types, given)
        seeding.filled |= _with_rows(connection, found.values())
        _fill_all(seeding, {oid for oid, table in found.items() if _asked(table, tables)})
        _tighten(seeding)
    return seeding.findings


def _asked(table: Table, tables: Collection[str] | None) -> bool:
    return tables is None or table.name in tables


def _with_rows(connection: Connection[Any], tables: Iterable[Table]) -> set[Oid]:
    """Return the tables that have rows already, and what they are partitions of."""
    queries = [f"SELECT {table.oid} WHERE EXISTS (SELECT FROM {table.name})" for table in tables]
    if not queries:
        return set()
    having = {oid for (oid,) in connection.execute(" UNION ALL ".join(queries).encode())}
    return {root for table in tables if table.oid in having for root in (table.oid, *table.roots)}


def _fill_all(seeding: Seeding, waiting: set[Oid]) -> None:
    again: list[Table] = []
    sharing: dict[Oid, int] = {}
    for oid in waiting:
        for root in seeding.tables[oid].roots:
            sharing[root] = sharing.get(root, 0) + 1
    for table, postponed in _in_order(seeding, waiting):
        share = max(seeding.rows // max([sharing.get(r, 1) for r in table.roots] or [1]), 1)
        is_partial = any(
            key.target not in seeding.filled and key.name not in postponed
            for key in table.foreign_keys
        )
        first = max(share // 5, 1) if is_partial else share
        if _fill(seeding, table, first, postponed) and is_partial and share > first:
            again.append(table)
    for table in again:
        share = max(seeding.rows // max([sharing.get(r, 1) for r in table.roots] or [1]), 1)
        _fill(seeding, table, share - max(share // 5, 1), frozenset())


def _in_order(seeding: Seeding, waiting: set[Oid]) -> Iterator[tuple[Table, frozenset[str]]]:
    """Give each table after those that it refers to, with the keys for which that cannot be."""
    left = [seeding.tables[oid] for oid in seeding.tables if oid in waiting]
    while left:
        expected = {root for table in left for root in (table.oid, *table.roots)}
        table = min(left, key=lambda each: _unmet(seeding, each, expected))
        left.remove(table)
        postponed = [
            key
            for key in _required(table)
            if key.target in expected - seeding.filled - {table.oid}
            and key.target in seeding.tables
        ]
        for key in postponed:
            _postpone(seeding, table, key)
        yield table, frozenset(key.name for key in postponed)


def _unmet(seeding: Seeding, table: Table, expected: set[Oid]) -> tuple[int, int]:
    """Return how many tables this one would have to be filled after: must, and should."""
    open_targets = expected - seeding.filled - {table.oid}
    must = sum(key.target in open_targets for key in _required(table))
    return must, sum(key.target in open_targets for key in table.foreign_keys)


def _required(table: Table) -> list[ForeignKey]:
    """Return the foreign keys that cannot be NULL."""
    return [
        key
        for key in table.foreign_keys
        if all(table.columns[number].not_null for number in key.columns)
    ]


def _postpone(seeding: Seeding, table: Table, key: ForeignKey) -> None:
    """Let a foreign key be checked when both tables are full: they refer to each other."""
    target = seeding.tables[key.target]
    if not key.deferrable:
        seeding.connection.execute(
            f"ALTER TABLE {table.name} ALTER CONSTRAINT {quoted(key.name)} DEFERRABLE".encode()
        )
        seeding.relaxed.append((table, key))
    seeding.connection.execute(f"SET CONSTRAINTS {_qualified(table, key)} DEFERRED".encode())
    numbers = {column.name: number for number, column in target.columns.items()}
    columns = tuple(numbers[name] for name in key.keys)
    taken = ", ".join(f"{table.named(n)} AS k{at}" for at, n in enumerate(key.columns))
    seeding.demands[key.target] = columns, f"SELECT DISTINCT {taken} FROM {table.name}"


def _qualified(table: Table, key: ForeignKey) -> str:
    schema = table.name.rsplit(".", 1)[0]
    return f"{schema}.{quoted(key.name)}"


def _fill(seeding: Seeding, table: Table, rows: int, postponed: frozenset[str]) -> bool:
    demanded = seeding.demands.pop(table.oid, None)
    situation = Situation(frozenset(seeding.filled), postponed, demanded)
    try:
        with seeding.connection.transaction():
            fill(seeding.connection, table, seeding.types, situation, rows, seeding.number)
    except CannotSeedError as exc:
        if table.oid in seeding.filled:
            return False
        if not _take_given(seeding, table, str(exc)):
            return False
    seeding.filled |= {table.oid, *table.roots}
    return True


def _take_given(seeding: Seeding, table: Table, reason: str) -> bool:
    """Let the project's own statements fill a table; without any, or if they fail, it is a finding.

    Of several, as `public.items.sql` and `public.items.2.sql`, the first that works serves: the
    table may look different in another revision.
    """
    names = table.name.replace('"', "")
    folder = seeding.given
    files = sorted(folder.glob(f"{names}*.sql")) if folder is not None else []
    for file in files:
        try:
            with seeding.connection.transaction():
                seeding.connection.execute(file.read_bytes())
        except psycopg.Error as exc:
            reason = f"{reason}; and {file.name} fails: {str(exc).splitlines()[0]}"
            continue
        if _with_rows(seeding.connection, [table]):
            return True
        reason = f"{reason}; and {file.name} writes no rows into it"
    seeding.findings.append(
        Finding(
            RULE,
            Question.HISTORY,
            f"table {names}",
            f"No rows could be made for {names}: {reason}.",
            remedy=f"Write statements that insert rows to {folder or 'seeds'}/{names}.sql",
        )
    )
    return False


def _tighten(seeding: Seeding) -> None:
    """Check what was postponed, and let the foreign keys be as they were."""
    seeding.connection.execute("SET CONSTRAINTS ALL IMMEDIATE")
    for table, key in seeding.relaxed:
        seeding.connection.execute(
            f"ALTER TABLE {table.name} ALTER CONSTRAINT {quoted(key.name)} NOT DEFERRABLE".encode()
        )
