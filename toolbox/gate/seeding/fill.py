"""Filling one table: in sets as long as Postgres takes them, and row by row where it does not."""

import json
import random
from dataclasses import dataclass, field
from typing import Any

import psycopg
from psycopg import Connection

from toolbox.gate.seeding.catalog import Table, Type, quoted
from toolbox.gate.seeding.search import Group, UnsatisfiedError, search
from toolbox.gate.seeding.slots import Situation, Slot, pick, slots_of, weighted
from toolbox.gate.seeding.statement import candidates, choice, holding

ROUNDS = 6
SPARE = 20  # candidates a row that is wanted, at most
SINGLY = 400  # rows that are written one by one, at most


class CannotSeedError(Exception):
    """A table gets no rows; `args` say why, in a sentence that begins in the middle."""


@dataclass
class Filling:
    """How a table is being filled.

    `refusals` are what Postgres said to rows that it did not take, and how often.
    """

    connection: Connection[Any]
    table: Table
    slots: list[Slot]
    groups: list[Group] = field(default_factory=list)
    judged: bool = True
    refusals: dict[str, int] = field(default_factory=dict)


def fill(
    connection: Connection[Any],
    table: Table,
    types: dict[int, Type],
    situation: Situation,
    rows: int,
    number: int,
) -> int:
    """Write rows into a table, and return how many; fewer than asked where there are no more.

    Raises:
        CannotSeedError: there is not one.
    """
    filling = Filling(connection, table, slots_of(table, types, situation))
    for slot in filling.slots:
        if not slot.alternatives:
            raise CannotSeedError(_without(table, slot))
    unsatisfied: UnsatisfiedError | None = None
    try:
        with connection.transaction():
            filling.groups = search(connection, table, filling.slots, random.Random(number))  # noqa: S311 - reproducible
    except UnsatisfiedError as exc:
        unsatisfied = exc
    except psycopg.Error as exc:
        filling.judged = False
        filling.refusals[_reason(exc)] = 0
    made = 0 if unsatisfied else _in_rounds(filling, rows)
    if not made:
        raise CannotSeedError(_why(filling, unsatisfied))
    _move_sequences(connection, table)
    return made


def _in_rounds(filling: Filling, rows: int) -> int:
    made, spare = 0, 1.0
    counted = filling.connection.execute(f"SELECT count(*) FROM {filling.table.name}".encode())
    (start,) = counted.fetchone() or (0,)
    for _ in range(ROUNDS):
        tried = min(int((rows - made) * spare) + 20, (rows - made) * SPARE + 100)
        got = _together(filling, start, tried, rows - made) if filling.judged else None
        if got is None:
            most = min(rows - made, SINGLY)
            return made + _singly(filling, start, most * SPARE, most)
        made += got
        start += tried
        if made >= rows or (not got and spare == SPARE):
            break
        spare = min(max(tried / got, 1.0) * 1.2 if got else SPARE, SPARE)
    return made


def _rows(filling: Filling, start: int, count: int) -> str:
    table = filling.table
    query = candidates(table, filling.slots, _picks(filling, start, count))
    if not filling.judged:
        return query
    return holding(table, query, table.checks, {n for s in filling.slots for n in s.columns})


def _picks(filling: Filling, start: int, count: int) -> str:
    """Return a query for row numbers and the alternative of each slot."""
    columns, drawn = [], []
    tied: set[int] = set()
    for at, group in enumerate(filling.groups):
        drawn.append(f"(1 + {pick(at + 1, len(group.vectors))})::int AS v{at}")
        for member, values in zip(group.members, zip(*group.vectors, strict=True), strict=True):
            listed = ",".join(map(str, values))
            columns.append(f"('{{{listed}}}'::int[])[v{at}] AS {choice(member)}")
        tied |= set(group.members)
    for at, slot in enumerate(filling.slots):
        if at not in tied:
            numbers = weighted(slot.alternatives)
            listed = ",".join(map(str, numbers))
            chosen = f"('{{{listed}}}'::int[])[1 + {pick(1001 + at, len(numbers))}]"
            columns.append(f"{chosen} AS {choice(at)}")
    series = f"generate_series({start + 1}::int8, {start + count}::int8) AS i"
    inner = f"SELECT {', '.join(['i', *drawn])} FROM {series}"
    return f"SELECT {', '.join(['i', *columns])} FROM ({inner}) AS drawn"


def _columns(table: Table) -> list[str]:
    return [quoted(each.name) for each in table.columns.values() if each.generated is None]


def _together(filling: Filling, start: int, tried: int, most: int) -> int | None:
    """Insert rows at once; None where Postgres refuses one of them, and so all."""
    table = filling.table
    query = _rows(filling, start, tried)
    columns = ", ".join(_columns(table))
    if not columns:
        insert = f"INSERT INTO {table.name} SELECT FROM generate_series(1, {most})"
    else:
        # Deferrable constraints cannot decide on conflicts.
        on_conflict = "" if table.has_deferrable_unique else "ON CONFLICT DO NOTHING"
        insert = (
            f"INSERT INTO {table.name} ({columns}) OVERRIDING SYSTEM VALUE "
            f"SELECT {columns} FROM ({query}) AS made LIMIT {most} {on_conflict}"
        )
    try:
        with filling.connection.transaction():
            return filling.connection.execute(insert.encode()).rowcount
    except psycopg.Error as exc:
        reason = _reason(exc)
        filling.refusals[reason] = filling.refusals.get(reason, 0) + 1
        return None


# The names of the block's variables are such that no column has them.
ONE_BY_ONE = """\
DO $seeding$
DECLARE
    "#row" {table};
    "#made" int := 0;
    "#said" jsonb := '{{}}';
    "#message" text; "#context" text;
BEGIN
    FOR "#row" IN SELECT {values} FROM ({query}) AS candidates LOOP
        BEGIN
            INSERT INTO {table} ({columns}) OVERRIDING SYSTEM VALUE VALUES ({taken}){on_conflict};
            "#made" := "#made" + CASE WHEN FOUND THEN 1 ELSE 0 END;
        EXCEPTION WHEN OTHERS THEN
            GET STACKED DIAGNOSTICS "#message" = MESSAGE_TEXT, "#context" = PG_EXCEPTION_CONTEXT;
            IF "#context" ~ '^PL/pgSQL function (?!inline_code_block)' THEN
                "#message" := "#message" || ' (' || split_part("#context", E'\\n', 1) || ')';
            END IF;
            "#said" := "#said" || jsonb_build_object("#message",
                coalesce(("#said" -> "#message")::int, 0) + 1);
        END;
        EXIT WHEN "#made" >= {most};
    END LOOP;
    PERFORM set_config('seeding.said',
        jsonb_build_object('made', "#made", 'said', "#said")::text, true);
END $seeding$"""


def _singly(filling: Filling, start: int, tried: int, most: int) -> int:
    """Insert rows one after the other, each on its own: what Postgres refuses is remembered."""
    table = filling.table
    query = _rows(filling, start, tried)
    columns = _columns(table)
    block = ONE_BY_ONE.format(
        table=table.name,
        values=", ".join(
            "NULL" if each.generated is not None else quoted(each.name)
            for each in table.columns.values()
        ),
        query=query,
        columns=", ".join(columns),
        taken=", ".join(f'"#row".{column}' for column in columns),
        on_conflict="" if table.has_deferrable_unique else " ON CONFLICT DO NOTHING",
        most=most,
    )
    try:
        with filling.connection.transaction():
            filling.connection.execute(block.encode())
            row = filling.connection.execute("SELECT current_setting('seeding.said')").fetchone()
    except psycopg.Error as exc:
        filling.refusals[_reason(exc)] = filling.refusals.get(_reason(exc), 0) + 1
        return 0
    result = json.loads(row[0] if row else "{}")
    for message, times in result["said"].items():
        filling.refusals[message] = filling.refusals.get(message, 0) + times
    return int(result["made"])


def _move_sequences(connection: Connection[Any], table: Table) -> None:
    """Let sequences go on after the numbers that rows have now."""
    for column in table.columns.values():
        if column.sequence is None or column.shown not in {"smallint", "integer", "bigint"}:
            continue
        connection.execute(
            f"""
            SELECT setval(s.seqrelid::regclass, greatest(t.last, q.last_value))
            FROM pg_sequence AS s,
                (SELECT max({quoted(column.name)}) AS last FROM {table.name}) AS t,
                LATERAL (SELECT coalesce(pg_sequence_last_value(s.seqrelid), 0) AS last_value) AS q
            WHERE s.seqrelid = ({column.sequence})::regclass
            AND t.last BETWEEN s.seqmin AND s.seqmax
            """.encode()
        )


def _reason(exc: psycopg.Error) -> str:
    message = exc.diag.message_primary or str(exc)
    context = (exc.diag.context or "").split("\n")[0]
    return f"{message} ({context})" if context.startswith("PL/pgSQL function") else message


def _without(table: Table, slot: Slot) -> str:
    names = ", ".join(table.columns[number].name for number in slot.columns)
    for key in table.foreign_keys:
        if set(slot.columns) <= set(key.columns):
            return f"the foreign key {key.name} refers to {key.target_name}, which has no rows"
    shown = ", ".join(slot.shown)
    return f"no value of the type {shown} is known for its column {names}"


def _why(filling: Filling, unsatisfied: UnsatisfiedError | None) -> str:
    if unsatisfied is not None:
        check = unsatisfied.check
        others = ", ".join(each.name for each in unsatisfied.before)
        together = f", together with {others}" if others else ""
        return f"no candidate satisfies {check.name}{together}: {check.expression}"
    if filling.refusals:
        worst = max(filling.refusals, key=lambda each: filling.refusals[each])
        return f"Postgres takes none of the rows that were tried: {worst}"
    return "no candidate satisfies its conditions and its unique constraints together"
