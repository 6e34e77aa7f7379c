"""Making the rows that we wrote satisfy what a revision demands of them.

Rows made from the old schema know nothing of a new check; that they break it says nothing about the
project's. Its own rows, which its revisions wrote, are left as they are: they are evidence. A
demand that no rows could satisfy, such as a new column that is NOT NULL without a default, cannot
be repaired, and the revision fails as it would on the project's rows.
"""

import re
from collections.abc import Iterator
from typing import Any

import psycopg
from psycopg import Connection

from toolbox.gate.safety import sql

# What the revision demands: constraints and unique indexes, with their columns by name.
DEMANDS = """
SELECT format('%I.%I', nspname, relname), contype::text, conname::text,
       coalesce(to_jsonb(c) ->> 'conenforced', 'true'),
       pg_get_expr(conbin, conrelid), pg_get_constraintdef(c.oid),
       (SELECT array_agg(quote_ident(attname) ORDER BY ord)
        FROM unnest(conkey) WITH ORDINALITY AS k (num, ord)
             JOIN pg_attribute AS a ON a.attrelid = conrelid AND a.attnum = num),
       CASE WHEN confrelid <> 0 THEN confrelid::regclass::text END,
       (SELECT array_agg(quote_ident(attname) ORDER BY ord)
        FROM unnest(confkey) WITH ORDINALITY AS k (num, ord)
             JOIN pg_attribute AS a ON a.attrelid = confrelid AND a.attnum = num)
FROM pg_constraint AS c JOIN pg_class AS t ON t.oid = conrelid
     JOIN pg_namespace AS n ON n.oid = relnamespace
WHERE nspname !~ '^pg_|^information_schema$' AND contype IN ('c', 'f', 'n', 'p', 'u')
UNION ALL
SELECT format('%I.%I', nspname, relname), 'c', '', 'true', pg_get_partition_constraintdef(t.oid),
       pg_get_partition_constraintdef(t.oid),
       (SELECT array_agg(quote_ident(attname)) FROM pg_attribute AS a JOIN pg_partitioned_table
        ON attrelid = partrelid AND attnum = any(partattrs) WHERE attrelid = inhparent), NULL, NULL
FROM pg_class AS t JOIN pg_inherits ON inhrelid = t.oid
     JOIN pg_namespace AS n ON n.oid = relnamespace
WHERE relispartition AND relkind = 'r' AND pg_get_partition_constraintdef(t.oid) IS NOT NULL
UNION ALL
SELECT format('%I.%I', nspname, t.relname), 'u', i.relname, 'true',
       pg_get_expr(indpred, indrelid), NULL,
       (SELECT array_agg(pg_get_indexdef(indexrelid, n, true) ORDER BY n)
        FROM generate_series(1, indnkeyatts) AS n), NULL, NULL
FROM pg_index JOIN pg_class AS t ON t.oid = indrelid JOIN pg_class AS i ON i.oid = indexrelid
     JOIN pg_namespace AS n ON n.oid = t.relnamespace
WHERE indisunique AND nspname !~ '^pg_|^information_schema$'
UNION ALL
-- A NOT NULL is a constraint since Postgres 18.
SELECT format('%I.%I', nspname, relname), 'n', attname, 'true', NULL, NULL,
       array[quote_ident(attname)], NULL, NULL
FROM pg_attribute JOIN pg_class AS t ON t.oid = attrelid
     JOIN pg_namespace AS n ON n.oid = relnamespace
WHERE current_setting('server_version_num')::int < 180000 AND attnotnull AND attnum > 0
      AND NOT attisdropped AND relkind IN ('r', 'p') AND nspname !~ '^pg_|^information_schema$'
"""
LITERAL = re.compile(r"'(?:[^']|'')*'|(?<![\w.])-?\d+(?:\.\d+)?")
USUAL = ("1", "0", "100", "'a'", "'a@example.org'", "true", "false")

Row = tuple[Any, ...]


def satisfy(before: Connection[Any], after: Connection[Any], *, since: int) -> None:
    """Change the rows of a database so that they satisfy what another's schema demands in addition.

    Args:
        before: a connection to the one with rows.
        after: one to the database without rows, after the revision.
        since: the first transaction of ours: rows of earlier ones are the project's.
    """
    known = {row[:5] for row in sql.run(before, DEMANDS)}
    # Checks last: to satisfy one may take another value, and then nothing else must change it.
    demands = sorted(
        (row for row in sql.run(after, DEMANDS) if row[:5] not in known and row[3] == "true"),
        key=lambda row: "nfpuc".index(row[1]),
    )
    for demand in demands:
        with before.transaction():
            _replicate(before)
            for attempt in _attempts(demand, f"xmin::text::bigint >= {since}"):
                try:
                    with before.transaction():
                        sql.run(before, attempt)
                except psycopg.Error:
                    continue
                break


def _replicate(connection: Connection[Any]) -> None:
    """Keep triggers and foreign keys quiet, where the role may: the rows are ours alone."""
    try:
        with connection.transaction():
            connection.execute("SET LOCAL session_replication_role = replica")
    except psycopg.errors.InsufficientPrivilege:
        return


def _attempts(demand: Row, ours: str) -> Iterator[str]:
    """Yield statements of which the first that succeeds makes our rows satisfy a demand."""
    table, kind, _, _, expression, definition, columns, target, target_columns = demand
    match kind:
        case "n":
            yield _no_nulls(table, columns[0], ours)
        case "f":
            yield _no_orphans(table, columns, target, target_columns, ours)
        case "c":
            yield from _checked(table, columns or [], expression, definition, ours)
        case _:
            yield _no_duplicates(table, columns, expression, ours)


def _no_nulls(table: str, column: str, ours: str) -> str:
    value = f"(SELECT {column} FROM {table} WHERE {column} IS NOT NULL LIMIT 1)"  # noqa: S608
    return f"UPDATE {table} SET {column} = {value} WHERE {column} IS NULL AND {ours}"  # noqa: S608


def _no_orphans(table: str, columns: list[str], target: str, keys: list[str], ours: str) -> str:
    same = " AND ".join(f"t.{k} = {table}.{c}" for k, c in zip(keys, columns, strict=True))
    some = ", ".join(columns)
    first = f"(SELECT {', '.join(keys)} FROM {target} LIMIT 1)"  # noqa: S608
    return (
        f"UPDATE {table} SET ({some}) = {first} WHERE {ours} AND ({some}) IS NOT NULL "  # noqa: S608
        f"AND NOT EXISTS (SELECT FROM {target} AS t WHERE {same})"
    )


def _no_duplicates(table: str, columns: list[str], predicate: str | None, ours: str) -> str:
    keys = ", ".join(columns)
    among = f"ROW({keys}) IS NOT NULL AND ({predicate or 'true'})"
    first = f"SELECT min(ctid) FROM {table} WHERE {among} GROUP BY {keys}"  # noqa: S608
    return f"DELETE FROM {table} WHERE {ours} AND {among} AND ctid NOT IN ({first})"  # noqa: S608


def _checked(
    table: str, columns: list[str], expression: str, definition: str, ours: str
) -> Iterator[str]:
    """Yield ways to satisfy a check: a value that it mentions, a usual one; or fewer rows."""
    wrong = f"({expression}) IS FALSE AND {ours}"
    candidates = [*LITERAL.findall(definition), *USUAL]
    candidates += [f"{value} + 1" for value in candidates if value.lstrip("-")[:1].isdigit()]
    for column in columns:
        some = f"(SELECT {column} FROM {table} WHERE {column} IS NOT NULL LIMIT 1)"  # noqa: S608
        for value in dict.fromkeys([some, *candidates]):
            yield (
                f"DO $$ BEGIN UPDATE {table} SET {column} = {value} WHERE {wrong}; "  # noqa: S608
                f"IF EXISTS (SELECT FROM {table} WHERE {wrong}) THEN RAISE 'no'; END IF; END $$"
            )
    yield f"DELETE FROM {table} WHERE {wrong}"  # noqa: S608
