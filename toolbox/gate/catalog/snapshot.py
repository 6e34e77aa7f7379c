"""A snapshot of a database: every row of every catalog that tells of its schema."""

import re
from collections import defaultdict
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Any

import psycopg
from psycopg import Connection

from toolbox.gate.catalog.identities import Address, Identities, Row, Rows
from toolbox.gate.catalog.layout import Catalog, Layout, layout_of
from toolbox.gate.catalog.queries import FIRST_OF_USERS, BuiltIn, statement
from toolbox.gate.catalog.values import render

Key = tuple[str, str, str]  # catalog, subject, and which of the subject's rows in that catalog

# So that what is deparsed is qualified, and reads the same whatever the database is set to.
SETTINGS = """
SELECT set_config('search_path', '', true), set_config('timezone', 'UTC', true),
       set_config('datestyle', 'ISO, YMD', true), set_config('intervalstyle', 'postgres', true),
       set_config('extra_float_digits', '1', true), set_config('bytea_output', 'hex', true),
       set_config('quote_all_identifiers', 'off', true)
"""

# A session's own objects, and the schemas for them, which stay when the session ends.
TEMPORARY = re.compile(r"\bpg_(toast_)?temp(_\d+)?\b")

# Catalogs whose rows SQL cannot address: they tell of the object in this column.
TELLS_OF = {"pg_enum": "enumtypid"}
# What pg_depend tells of being part of something: dropped with it.
PART = frozenset("aiPSe")
# Of these links, the partition's own catalogs tell; whether it was attached makes a difference.
FOLLOWS = frozenset("PS")
# Of these, the order of the columns is part of what they are: tables can only append.
ORDERED = frozenset("vmc")
# Of an index's column, all else is the table's, or in pg_index.
SET_OF_INDEX_COLUMNS = frozenset({"attstattarget", "attoptions"})


@dataclass
class Snapshot:
    """What a database is, in words that mean the same in another one.

    Args:
        entries: the facts of each row, by the row.
        parts: of a subject, those that it is part of and would be dropped with.
        columns: of a table, its columns in their order.
        definitions: how SQL defines a subject, where the server says that.
        own_names: Postgres's name of what is named here by what it is for.
        built_in: which rows Postgres came with, and somebody changed.
        unreadable: columns of catalogs that the role may not read.
    """

    entries: dict[Key, dict[str, Any]] = field(default_factory=dict)
    parts: dict[str, set[str]] = field(default_factory=lambda: defaultdict(set))
    columns: dict[str, tuple[str, ...]] = field(default_factory=dict)
    definitions: dict[str, str] = field(default_factory=dict)
    own_names: dict[str, str] = field(default_factory=dict)
    built_in: BuiltIn = frozenset()
    unreadable: tuple[str, ...] = ()


def snapshots(*databases: Connection[Any] | str) -> list[Snapshot]:
    """Take snapshots of databases of one server, to be compared.

    Of what Postgres came with, each has what was changed in any of them.
    """
    with ThreadPoolExecutor(len(databases)) as threads:
        taken = [*threads.map(snapshot, databases)]
    changed = frozenset[tuple[str, int]]().union(*(one.built_in for one in taken))
    return [snapshot(one, changed) for one in databases] if changed else taken


def snapshot(database: Connection[Any] | str, also: BuiltIn = frozenset()) -> Snapshot:
    """Take a snapshot of a database, by its URL or a connection, which is left as it was.

    A connection in a transaction sees what that did.

    Args:
        database: which one.
        also: rows about what Postgres came with, to be read although nobody changed them.
    """
    if isinstance(database, str):
        with psycopg.connect(database) as connection:
            return snapshot(connection, also)
    layout = layout_of(database)
    with database.transaction(force_rollback=True):
        database.execute(SETTINGS)
        rows = _read(database, layout, also)
        names = Identities(database, {name: one.oid for name, one in layout.items()})
        names.catalogs |= _others(database)
        return _build(layout, rows, names)


def _read(connection: Connection[Any], layout: Layout, also: BuiltIn) -> Rows:
    cursors = {}
    with connection.pipeline():
        for name, catalog in layout.items():
            query, columns = statement(catalog, also)
            cursors[name] = columns, connection.cursor().execute(query.encode())
        return {
            name: [dict(zip(columns, values, strict=True)) for values in cursor.fetchall()]
            for name, (columns, cursor) in cursors.items()
        }


def _others(connection: Connection[Any]) -> dict[str, int]:
    """Return the OIDs of the catalogs that are not compared, but referred to."""
    names = "'pg_authid', 'pg_tablespace', 'pg_largeobject'"
    found = connection.execute(
        f"SELECT relname::text, oid::bigint FROM pg_class WHERE relname IN ({names})"  # noqa: S608
    )
    return dict(found.fetchall())


def _build(layout: Layout, rows: Rows, names: Identities) -> Snapshot:
    for name, catalog in layout.items():
        for row in rows[name]:
            for address in _addresses(catalog, row, names):
                names.want(address)
    names.resolve()
    result = Snapshot(own_names=names.rename(rows))
    for name, catalog in layout.items():
        for row in rows[name]:
            _add(result, catalog, row, names)
    _add_orders(result, rows, names)
    result.entries = {
        key: facts for key, facts in result.entries.items() if not TEMPORARY.search(key[1])
    }
    result.built_in = frozenset(
        (name, row[catalog.subject])
        for name, catalog in layout.items()
        if not catalog.shared
        for row in rows[name]
        if row[catalog.subject] < FIRST_OF_USERS
    )
    result.unreadable = tuple(
        f"{name}.{column}" for name, catalog in layout.items() for column in catalog.unreadable
    )
    return result


def subject_of(catalog: Catalog, row: Row, names: Identities) -> Address:
    """Return the address of what a row is about."""
    if catalog.polymorphic:
        of_class, of_object = catalog.polymorphic
        return row[of_class], row[of_object], row.get("objsubid", 0)
    if catalog.name == "pg_attribute":
        return names.catalogs["pg_class"], row["attrelid"], row["attnum"]
    if catalog.name == "pg_largeobject_metadata":
        return names.catalogs["pg_largeobject"], row["oid"], 0
    column = TELLS_OF.get(catalog.name, catalog.subject)
    target = catalog.name if column == "oid" else catalog.references[column]
    return names.catalogs[target], row[column], 0


def _addresses(catalog: Catalog, row: Row, names: Identities) -> list[Address]:
    """Return what a row mentions."""
    found = [subject_of(catalog, row, names)]
    for column, target in catalog.references.items():
        value = row.get(column)
        oids = value if isinstance(value, list) else [value]
        found += [(names.catalogs[target], oid, 0) for oid in oids if oid]
    for column, relation in catalog.numbers.items():
        value = row.get(column)
        numbers = value if isinstance(value, list) else [value]
        oid = row[relation]
        found += [(names.catalogs["pg_class"], oid, part) for part in numbers if part and oid]
    if "refclassid" in row:
        found.append((row["refclassid"], row["refobjid"], row["refobjsubid"]))
    return found


def _add(result: Snapshot, catalog: Catalog, row: Row, names: Identities) -> None:
    address = subject_of(catalog, row, names)
    subject = names.of(address)
    if row.get("definition"):
        result.definitions[subject] = row["definition"]
    if catalog.name == "pg_depend":
        _add_link(result, subject, row, names)
        return
    values = render(catalog, row, names)
    if catalog.name == "pg_attribute":
        result.parts[subject].add(names.relation(row["attrelid"]))
        if row["attname"] == str(row["attnum"]):
            values = {name: values[name] for name in SET_OF_INDEX_COLUMNS}
    elif catalog.name == "pg_type" and subject.endswith("[]"):
        # It is made with the type of its elements, and follows that.
        values = {}
    addressed = catalog.name not in TELLS_OF and catalog.subject == "oid"
    which = "" if addressed else " ".join(str(values.pop(one)) for one in _which(catalog))
    for column in catalog.key if addressed else ():
        values.pop(column, None)
    result.entries[catalog.name, subject, which] = values


def _add_link(result: Snapshot, subject: str, row: Row, names: Identities) -> None:
    other = names.of((row["refclassid"], row["refobjid"], row["refobjsubid"]))
    if row["deptype"] in PART and row["refobjid"] >= FIRST_OF_USERS:
        result.parts[subject].add(other)
    if row["deptype"] not in FOLLOWS:
        result.entries["pg_depend", subject, f"{row['deptype']} {other}"] = {}


def _which(catalog: Catalog) -> list[str]:
    """Return the columns that tell the rows of one subject apart."""
    if catalog.name == "pg_inherits":
        return ["inhparent"]
    of_subject = {catalog.subject, TELLS_OF.get(catalog.name), "objsubid", "classoid"}
    of_subject |= {"attname"} if catalog.name == "pg_attribute" else set()
    return [one for one in catalog.key if one not in of_subject]


def _add_orders(result: Snapshot, rows: Rows, names: Identities) -> None:
    kinds = {row["oid"]: row["relkind"] for row in rows["pg_class"]}
    orders: dict[int, list[tuple[int, str]]] = defaultdict(list)
    for row in rows["pg_attribute"]:
        if row["attnum"] < 0:
            continue
        orders[row["attrelid"]].append((row["attnum"], row["attname"]))
    for oid, columns in orders.items():
        if kinds.get(oid, "i") in "iI":
            continue
        subject = names.of((names.catalogs["pg_class"], oid, 0))
        order = tuple(name for _, name in sorted(columns))
        result.columns[subject] = order
        if kinds[oid] in ORDERED:
            result.entries["pg_attribute", subject, "order"] = {"column order": order}


def wholes_of(subject: str, *sides: Snapshot) -> set[str]:
    """Return all that a subject is part of, on any of the sides."""
    found: set[str] = set()
    waiting = {subject}
    while waiting:
        waiting = {w for one in waiting for side in sides for w in side.parts.get(one, ())} - found
        found |= waiting
    return found - {subject}
