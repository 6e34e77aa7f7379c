"""How the catalogs of a server are made: their columns, what refers to what, and their keys.

The server says all of it itself, so that a Postgres we never saw is read as completely.
"""

from collections import defaultdict
from dataclasses import dataclass, field
from functools import cached_property
from types import MappingProxyType
from typing import Any

from psycopg import Connection

from toolbox.gate.catalog import skipped

COLUMNS = """
SELECT c.oid::bigint, c.relname::text, c.relisshared, a.attname::text, a.atttypid::regtype::text,
       has_column_privilege(c.oid, a.attnum, 'SELECT')
FROM pg_class AS c JOIN pg_attribute AS a ON a.attrelid = c.oid
WHERE c.relkind = 'r' AND c.relnamespace = 'pg_catalog'::regnamespace AND a.attnum > 0
      AND NOT a.attisdropped
ORDER BY c.relname, a.attnum
"""
REFERENCES = """
SELECT fktable::oid::regclass::text, fkcols, pktable::oid::regclass::text
FROM pg_get_catalog_foreign_keys()
"""
KEYS = """
SELECT c.relname::text, array_agg(a.attname::text ORDER BY a.attnum)
FROM pg_index AS i JOIN pg_class AS c ON c.oid = i.indrelid
     JOIN pg_attribute AS a ON a.attrelid = i.indexrelid
WHERE c.relnamespace = 'pg_catalog'::regnamespace AND c.relkind = 'r' AND i.indisunique
GROUP BY c.relname, i.indexrelid
"""
# Numbers of columns that the server does not list, by what has the relation.
NUMBERS = MappingProxyType(
    {
        "pg_constraint": {"confdelsetcols": "conrelid"},
        "pg_publication_rel": {"prattrs": "prrelid"},
    }
)


@dataclass
class Catalog:
    """One catalog; it does not change once it was read.

    `references` says of a column with OIDs which catalog they are of, `numbers` of one with
    numbers of columns which column has those columns' relation.
    """

    oid: int
    name: str
    shared: bool
    columns: dict[str, str] = field(default_factory=dict)
    unreadable: list[str] = field(default_factory=list)
    references: dict[str, str] = field(default_factory=dict)
    numbers: dict[str, str] = field(default_factory=dict)
    keys: list[list[str]] = field(default_factory=list)

    @cached_property
    def key(self) -> tuple[str, ...]:
        """The columns that tell its rows apart in any database: no OID, and no number."""
        for columns in sorted(self.keys, key=len):
            if not any(c == "oid" or f"{self.name}.{c}" in skipped.COLUMNS for c in columns):
                return tuple(columns)
        return ()

    @cached_property
    def polymorphic(self) -> tuple[str, str] | None:
        """Its columns that name any object, as (class, object), if it is about any object."""
        for of_class, of_object in (("classoid", "objoid"), ("classid", "objid")):
            if of_class in self.columns:
                return of_class, of_object
        return None

    @cached_property
    def subject(self) -> str:
        """The column with the OID of what a row is about: itself, or what it belongs to."""
        if "oid" in self.columns:
            return "oid"
        return self.polymorphic[1] if self.polymorphic else next(iter(self.columns))

    @cached_property
    def compared(self) -> list[str]:
        """The columns to compare."""
        return [
            name
            for name in self.columns
            if name not in self.unreadable and f"{self.name}.{name}" not in skipped.COLUMNS
        ]


Layout = dict[str, Catalog]

_known: dict[tuple[int, str, str], Layout] = {}


def layout_of(connection: Connection[Any]) -> Layout:
    """Return the catalogs of a server by name, those that are compared."""
    info = connection.info
    server = (info.server_version, info.user, f"{info.host}:{info.port}")
    if server not in _known:
        _known[server] = _read(connection)
    return _known[server]


def _read(connection: Connection[Any]) -> Layout:
    found: Layout = {}
    for oid, name, shared, column, of_type, readable in connection.execute(COLUMNS):
        catalog = found.setdefault(name, Catalog(oid, name, shared))
        catalog.columns[column] = of_type
        if not readable:
            catalog.unreadable.append(column)
    keys = defaultdict(list)
    for name, columns in connection.execute(KEYS):
        keys[name].append(columns)
    for name, catalog in found.items():
        catalog.keys = keys[name]
    _add_references(found, connection)
    return {name: one for name, one in found.items() if name not in skipped.CATALOGS}


def _add_references(found: Layout, connection: Connection[Any]) -> None:
    for name, columns, target in connection.execute(REFERENCES):
        if len(columns) == 1:
            found[name].references[columns[0]] = target
        else:
            found[name].numbers[columns[1]] = columns[0]
    for name, more in NUMBERS.items():
        there = found[name].columns
        found[name].numbers |= {column: of for column, of in more.items() if column in there}
