"""Whether what is read still means the same: values, and the types that a driver makes of them."""

from collections.abc import Collection, Iterator
from typing import Any

import psycopg
from psycopg import Connection, postgres

from toolbox.gate.safety import sql
from toolbox.gate.safety.previous_app.schema import Row

# Types that drivers make the same Python type of.
ALIKE = (
    {"int2", "int4", "int8", "oid"},
    {"text", "varchar", "bpchar", "name", "citext", "char"},
    {"json", "jsonb"},
    {"timestamp", "timestamptz"},
    {"time", "timetz"},
    {"float4", "float8"},
    {"inet", "cidr"},
    {"bit", "varbit"},
)

FIRST_OF_USERS = 16384  # src/include/access/transam.h

Values = dict[str, dict[str, str | None]]


def alike(old: int, new: int) -> bool:
    """Tell whether drivers make the same of two types, by OID."""
    if old == new or min(old, new) >= FIRST_OF_USERS:
        return True
    # An enum is text to a driver, and a domain what it is made of.
    names = {"text" if oid >= FIRST_OF_USERS else name for oid, name in named(old, new)}
    return any(names <= some for some in ALIKE)


def named(*oids: int) -> list[tuple[int, str]]:
    """Return types with their names, as far as Postgres came with them."""
    infos = [(oid, postgres.types.get(oid)) for oid in oids]
    return [(oid, info.name if info else "a type of its own") for oid, info in infos]


def read(connection: Connection[Any], tables: list[Row]) -> Values:
    """Return a digest of each column's values, in the form of the type that it has now."""
    connection.execute("SET LOCAL TimeZone = 'UTC'")
    return {
        table["identity"]: _digests(connection, table, table["columns"])
        for table in tables
        if table["kind"] in "rp" and table["columns"]
    }


def _digests(connection: Connection[Any], table: Row, columns: list[Row]) -> dict[str, str | None]:
    key = " || ',' || ".join(f"{name}::text" for name in table["key"] or ())
    order = f'({key}) COLLATE "C"' if key else "1"

    def digest(column: Row) -> str:
        value = f"({column['name']}::{column['type']})::text"
        by = order if key else f'{value} COLLATE "C"'
        return f"md5(string_agg(coalesce({value}, '-'), ',' ORDER BY {by}))"

    every = ", ".join(digest(one) for one in columns)
    names = [one["name"] for one in columns]
    query = f"SELECT {every} FROM {table['name']}"  # noqa: S608
    try:
        with connection.transaction():
            row = sql.run(connection, query).fetchone()
    except psycopg.Error:
        return {}
    return dict(zip(names, row or (), strict=True))


def differences(
    connection: Connection[Any], tables: list[Row], before: Values, written: Collection[str]
) -> Iterator[tuple[str, str]]:
    """Yield the columns whose values are others though nobody wrote them, each with a sentence."""
    connection.execute("SET LOCAL TimeZone = 'UTC'")
    for table in tables:
        known = before.get(table["identity"], {})
        if table["identity"] in written or not known:
            continue
        for column in table["columns"]:
            if column["name"] not in known:
                continue
            now = _digests(connection, table, [column])
            if now and now[column["name"]] != known[column["name"]]:
                subject = f"column {table['identity']}.{column['name']}"
                yield subject, "The previous app reads other values than before in the same rows."
