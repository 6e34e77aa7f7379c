"""What alters a column or a sequence, of what differs in the catalogs."""

import re
from collections.abc import Callable, Iterator

from toolbox.gate.catalog import Difference, Snapshot
from toolbox.gate.drift.grouping import Group

# schema.table.column, each perhaps in quotes
COLUMN = re.compile(r'column (?P<table>.+)\.(?P<name>"(?:[^"]|"")+"|[^".]+)')
STORAGE = {"p": "PLAIN", "e": "EXTERNAL", "x": "EXTENDED", "m": "MAIN"}
COMPRESSION = {"p": "pglz", "l": "lz4", "": "default"}
IDENTITY = {"a": "ALWAYS", "d": "BY DEFAULT"}
# By pg_sequence's columns; in SET of an identity, and in ALTER SEQUENCE.
OPTIONS = {
    "seqtypid": "AS {}",
    "seqincrement": "INCREMENT BY {}",
    "seqmin": "MINVALUE {}",
    "seqmax": "MAXVALUE {}",
    "seqstart": "START WITH {}",
    "seqcache": "CACHE {}",
}


def alterations(group: Group, models: Snapshot) -> list[str]:
    """Return the statements that make a column or a sequence what it is in the models.

    None, where that takes more than an ALTER: that a column is generated, for instance.
    """
    if found := COLUMN.fullmatch(group.subject):
        parts = [*_of_column(group, models)]
        alter = f"ALTER TABLE {found['table']} ALTER COLUMN {found['name']}"
        return [f"{alter} {one}" for one in parts]
    if group.subject.startswith("sequence "):
        options = [*_options(group.differences)]
        return [f"ALTER {group.subject.replace('sequence', 'SEQUENCE', 1)} {' '.join(options)}"] * (
            len(options) > 0
        )
    return []


def _of_column(group: Group, models: Snapshot) -> Iterator[str]:
    changed = {one.attribute: one for one in group.differences if one.attribute}
    now = models.entries.get(("pg_attribute", group.subject, ""), {})
    if {"type", "attcollation"} & changed.keys():
        collation = str(now.get("attcollation", "-")).partition(" ")[2]
        of_its_own = collation and collation != 'pg_catalog."default"'
        yield f"TYPE {now['type']}" + (f" COLLATE {collation}" if of_its_own else "")
    yield from (ALTER[name](one) for name, one in changed.items() if name in ALTER)
    if default := changed.get("adbin"):
        how = "EXPRESSION AS ({})" if now.get("attgenerated") else "DEFAULT {}"
        yield f"SET {how.format(default.left)}"
    yield from (f"SET {option}" for option in _options(group.differences))


def _storage_parameters(one: Difference) -> str:
    names = (each.partition("=")[0] for each in one.right or ())
    return f"SET ({', '.join(one.left)})" if one.left else f"RESET ({', '.join(names)})"


def _identity(one: Difference) -> str:
    kind = IDENTITY.get(one.left)
    if not kind:
        return "DROP IDENTITY"
    return f"SET GENERATED {kind}" if one.right else f"ADD GENERATED {kind} AS IDENTITY"


ALTER: dict[str, Callable[[Difference], str]] = {
    "attnotnull": lambda one: f"{'SET' if one.left else 'DROP'} NOT NULL",
    "attstorage": lambda one: f"SET STORAGE {STORAGE[one.left]}",
    "attcompression": lambda one: f"SET COMPRESSION {COMPRESSION[one.left]}",
    "attstattarget": lambda one: f"SET STATISTICS {-1 if one.left is None else one.left}",
    "attoptions": _storage_parameters,
    "attidentity": _identity,
}


def _options(differences: list[Difference]) -> Iterator[str]:
    for one in differences:
        if one.attribute in OPTIONS:
            yield OPTIONS[one.attribute].format(str(one.left).removeprefix("type "))
        elif one.attribute == "seqcycle":
            yield "CYCLE" if one.left else "NO CYCLE"
