"""What an OID is the OID of, in words that mean the same in any database.

`pg_identify_object` names every object that SQL can address. Where Postgres makes a name up that
depends on the history, or on an OID, the object is named by what it is for.
"""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from psycopg import Connection

from toolbox.gate.catalog.queries import FIRST_OF_USERS

Row = dict[str, Any]
Rows = dict[str, list[Row]]
Address = tuple[int, int, int]  # catalog, object, column: as in pg_depend

NAMES = """
SELECT a.class, a.object, a.part, n.type, n.identity
FROM unnest(%s::bigint[], %s::bigint[], %s::int[]) AS a (class, object, part),
     pg_identify_object(a.class::oid, a.object::oid, a.part) AS n
"""

# Shorter than the server's, and as one says it.
KINDS = {
    "table column": "column",
    "table constraint": "constraint",
    "default acl": "default privileges",
    "statistics object": "statistics",
    "default value": "default",
}

_known: dict[int, dict[Address, str]] = defaultdict(dict)


@dataclass
class Identities:
    """The identities of what a snapshot mentions."""

    connection: Connection[Any]
    catalogs: dict[str, int]
    names: dict[Address, str] = field(default_factory=dict)
    _wanted: set[Address] = field(default_factory=set)

    def want(self, address: Address) -> None:
        """Ask for an identity, which is there after `resolve`."""
        self._wanted.add(address)

    def resolve(self) -> None:
        """Ask the server for what is wanted; what it came with, only once a process."""
        known = _known[self.connection.info.server_version]
        self.names |= {one: known[one] for one in self._wanted if one in known}
        wanted = [one for one in self._wanted if one not in self.names]
        found = self.connection.execute(NAMES, [*map(list, zip(*wanted, strict=True))] or [[]] * 3)
        for *address, kind, identity in found:
            one = (address[0], address[1], address[2])
            self.names[one] = f"{KINDS.get(kind, kind)} {identity}"
            if one[1] < FIRST_OF_USERS:
                known[one] = self.names[one]
        self._wanted.clear()

    def of(self, address: Address) -> str:
        """Return an identity; `-` for the OID 0."""
        if address[1] == 0:
            return "-"
        return self.names.get(address) or f"object {address[1]} that is gone"

    def address(self, relation: int, column: int = 0) -> Address:
        """Return the address of a relation, or of a column of it."""
        return self.catalogs["pg_class"], relation, column

    def relation(self, oid: int, column: int = 0) -> str:
        """Return the identity of a relation, or of a column of it."""
        return self.of(self.address(oid, column))

    def rename(self, rows: Rows) -> dict[str, str]:
        """Name by what it is for what Postgres named; return these names and Postgres's own."""
        own: dict[str, str] = {}
        for address, name in _made_up(self, rows):
            if not address[2]:
                own[name] = self.of(address)
            self.names[address] = name
        return own


def _made_up(names: Identities, rows: Rows) -> Iterable[tuple[Address, str]]:
    """Yield what has a name that tells of history; what is named by another one comes after it."""
    for row in rows["pg_database"]:
        yield (names.catalogs["pg_database"], row["oid"], 0), "database"
    yield from _identity_sequences(names, rows)
    yield from _parts_of_indexes(names, rows)
    yield from _index_columns(names, rows)
    yield from _parts_of_constraints(names, rows)
    yield from _not_null(names, rows)
    for row in rows["pg_trigger"]:
        if row["tgisinternal"]:
            yield (names.catalogs["pg_trigger"], row["oid"], 0), _enforcing(names, row)


def _index_columns(names: Identities, rows: Rows) -> Iterable[tuple[Address, str]]:
    """Name an index's columns by number: their names are those that the table's once had."""
    for row in rows["pg_attribute"]:
        if row["attname"] == str(row["attnum"]):
            number, index = row["attnum"], names.relation(row["attrelid"])
            yield names.address(row["attrelid"], number), f"column {number} of {index}"


def _identity_sequences(names: Identities, rows: Rows) -> Iterable[tuple[Address, str]]:
    """Name an identity's sequence by its column, whose first name it keeps."""
    for row in rows["pg_depend"]:
        of_relation = row["classid"] == names.catalogs["pg_class"]
        if of_relation and row["deptype"] == "i" and row["refobjsubid"]:
            column = names.relation(row["refobjid"], row["refobjsubid"])
            yield names.address(row["objid"]), f"identity sequence of {column}"


def _parts_of_indexes(names: Identities, rows: Rows) -> Iterable[tuple[Address, str]]:
    """Name a partition's part of an index by the index: one was attached, another made there."""
    tables = {row["indexrelid"]: row["indrelid"] for row in rows["pg_index"]}
    for row in sorted(rows["pg_inherits"], key=lambda row: int(row["inhrelid"])):
        if row["inhrelid"] in tables:
            index, table = names.relation(row["inhparent"]), tables[row["inhrelid"]]
            yield names.address(row["inhrelid"]), f"{index}, part of {names.relation(table)}"


def _parts_of_constraints(names: Identities, rows: Rows) -> Iterable[tuple[Address, str]]:
    """Name a partition's part of a constraint likewise."""
    constraints = {row["oid"]: row for row in rows["pg_constraint"]}
    for row in rows["pg_constraint"]:
        top = row
        while top["conparentid"]:
            top = constraints[top["conparentid"]]
        if top is not row:
            name = f"constraint {top['conname']} on {names.relation(top['conrelid'])}"
            to = f" to {names.relation(row['confrelid'])}" if row["confrelid"] else ""
            whose = f"{name}, part of {names.relation(row['conrelid'])}{to}"
            yield (names.catalogs["pg_constraint"], row["oid"], 0), whose


def _not_null(names: Identities, rows: Rows) -> Iterable[tuple[Address, str]]:
    """Name a NOT NULL, since Postgres 18 a constraint, by its column: it keeps its first name."""
    for row in rows["pg_constraint"]:
        if row["contype"] == "n" and row["conrelid"]:
            column = names.relation(row["conrelid"], row["conkey"][0])
            yield (names.catalogs["pg_constraint"], row["oid"], 0), f"not null of {column}"


def _enforcing(names: Identities, row: Row) -> str:
    """Name a trigger that Postgres made for a constraint: its own name has an OID in it."""
    constraint = names.of((names.catalogs["pg_constraint"], row["tgconstraint"], 0))
    table = names.of((names.catalogs["pg_class"], row["tgrelid"], 0))
    function = names.of((names.catalogs["pg_proc"], row["tgfoid"], 0))
    what = "check" if "_check_" in function else "action"
    return f"trigger {row['tgtype']} ({what}) on {table} of {constraint}"
