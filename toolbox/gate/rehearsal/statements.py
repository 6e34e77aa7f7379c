"""What an app does with its tables, made from the schema: it reads, updates and inserts by key."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, LiteralString

from psycopg import Connection, sql

KEYS = 500  # rows of a table that are used again and again

# Tables with a primary key, and no partitions: a request goes to the table that they are of.
_TABLES: LiteralString = """
SELECT nspname, relname,
       array(SELECT attname::text FROM unnest(indkey) WITH ORDINALITY AS k(number, at)
             JOIN pg_attribute ON attrelid = indrelid AND attnum = number ORDER BY at),
       array(SELECT attname::text FROM pg_attribute
             WHERE attrelid = indrelid AND attnum > 0 AND NOT attisdropped
             ORDER BY attnum),
       array(SELECT attname::text FROM pg_attribute
             WHERE attrelid = indrelid AND attnum > 0 AND NOT attisdropped
             AND attgenerated = '' AND attidentity <> 'a' ORDER BY attnum)
FROM pg_index
JOIN pg_class ON pg_class.oid = indrelid
JOIN pg_namespace ON pg_namespace.oid = relnamespace
WHERE indisprimary AND NOT relispartition AND nspname !~ '^pg_' AND nspname <> 'information_schema'
ORDER BY nspname, relname
"""


@dataclass(frozen=True, slots=True)
class Stream:
    """Requests of one kind to one table, one after the other.

    Args:
        table: the table, as `public.items`.
        kind: `reads` or `writes`.
        statements: they take turns; each takes a key.
        keys: the primary keys of rows that there are.
    """

    table: str
    kind: str
    statements: Sequence[str]
    keys: Sequence[tuple[Any, ...]]


def streams(connection: Connection[Any], but: str) -> list[Stream]:
    """Return what an app that knows this schema does with it.

    Args:
        connection: a connection to a database with rows.
        but: a table that is no app's, as `public.alembic_version`.
    """
    found = connection.execute(_TABLES).fetchall()
    return [
        stream
        for schema, table, key, columns, written in found
        if f"{schema}.{table}" != but
        for stream in _of_table(connection, _Table(schema, table, key, columns, written))
    ]


@dataclass(frozen=True, slots=True)
class _Table:
    schema: str
    name: str
    key: list[str]
    columns: list[str]
    written: list[str]


def _of_table(connection: Connection[Any], table: _Table) -> Iterator[Stream]:
    name = sql.Identifier(table.schema, table.name)
    keys = connection.execute(
        sql.SQL("SELECT {} FROM {} LIMIT {}").format(_names(table.key), name, KEYS)
    ).fetchall()
    if not keys:
        return
    at_key = sql.SQL("({}) = ({})").format(
        _names(table.key), sql.SQL(", ").join(sql.Placeholder() for _ in table.key)
    )
    parts = {
        "table": name,
        "at_key": at_key,
        "columns": _names(table.columns),
        "written": _names(table.written),
        "changed": sql.Identifier((table.written or table.key)[-1]),
    }
    reads = ["SELECT {columns} FROM {table} WHERE {at_key}"]
    writes = ["UPDATE {table} SET {changed} = {changed} WHERE {at_key}"]
    if table.written:
        writes.append(
            "INSERT INTO {table} ({written}) SELECT {written} FROM {table} WHERE {at_key} "
            "ON CONFLICT DO NOTHING"
        )
    for kind, statements in (("reads", reads), ("writes", writes)):
        texts = [sql.SQL(one).format(**parts).as_string(connection) for one in statements]
        yield Stream(f"{table.schema}.{table.name}", kind, texts, keys)


def _names(columns: Sequence[str]) -> sql.Composed:
    return sql.SQL(", ").join(map(sql.Identifier, columns))
