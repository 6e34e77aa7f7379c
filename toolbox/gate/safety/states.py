"""What the recorder says at one moment, as Python has it."""

import json
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

# The modes that make an INSERT, UPDATE or DELETE wait, and the one that makes a SELECT wait too
# (Postgres manual, 13.3).
BLOCKS_WRITES = frozenset(
    {"ShareLock", "ShareRowExclusiveLock", "ExclusiveLock", "AccessExclusiveLock"}
)
BLOCKS_READS = "AccessExclusiveLock"

KINDS = {
    "r": "table",
    "p": "table",
    "m": "materialized view",
    "v": "view",
    "f": "foreign table",
    "i": "index",
    "I": "index",
    "S": "sequence",
}


@dataclass(frozen=True, slots=True)
class Done:
    """What was done to a table's rows."""

    scans: int = 0
    read: int = 0
    inserted: int = 0
    updated: int = 0
    deleted: int = 0

    def __sub__(self, before: "Done") -> "Done":
        """Return what came on top; where the counters were sent and began anew, all of it."""
        pairs = [(getattr(self, n), getattr(before, n)) for n in self.__dataclass_fields__]
        return Done(*(now - then if now >= then else now for now, then in pairs))

    @property
    def changed(self) -> int:
        """How many rows were updated or deleted."""
        return self.updated + self.deleted


@dataclass(frozen=True, slots=True)
class Relation:
    """A table, index, sequence or view."""

    oid: int
    name: str
    kind: str
    file: int
    persistence: str
    tablespace: int
    access_method: int
    replica_identity: str
    row_security: bool
    table: int | None
    valid: bool | None
    partition_of: int | None
    sequence_type: str | None
    size: int | None
    done: Done
    ready: bool | None
    definition: str | None
    """Of an index, the statement that makes it."""

    @property
    def subject(self) -> str:
        """What a finding calls it."""
        return f"{KINDS[self.kind]} {self.name}"


@dataclass(frozen=True, slots=True)
class Constraint:
    """A constraint of a table."""

    oid: int
    name: str
    kind: str
    table: int
    validated: bool
    index: int
    referenced: int
    definition: str
    """What stands after ADD CONSTRAINT and its name."""


@dataclass(frozen=True, slots=True)
class Trigger:
    """A trigger that somebody made."""

    oid: int
    name: str
    table: int
    enabled: str


@dataclass(frozen=True, slots=True)
class Column:
    """A column of a table."""

    table: int
    name: str
    type: str
    generated: str
    not_null: bool
    has_default: bool


@dataclass(frozen=True)
class State:
    """A backend, and the schema it sees, at one moment.

    Args:
        transaction: when its transaction began, which names it.
        settings: the session's settings that matter.
        relations: by OID; as are constraints and triggers.
        columns: of each table, by name.
        locks: the modes held on each relation.
    """

    transaction: str
    settings: dict[str, str]
    relations: dict[int, Relation]
    constraints: dict[int, Constraint]
    triggers: dict[int, Trigger]
    columns: dict[int, dict[str, Column]] = field(default_factory=dict)
    locks: dict[int, frozenset[str]] = field(default_factory=dict)

    def strong(self) -> dict[int, str]:
        """Return of each relation that writes wait for the strongest mode held."""
        return {
            oid: BLOCKS_READS if BLOCKS_READS in modes else min(modes & BLOCKS_WRITES)
            for oid, modes in self.locks.items()
            if modes & BLOCKS_WRITES
        }

    def timeout(self) -> int:
        """Return for how long it would wait for a lock, in milliseconds; 0 is for ever."""
        limits = [int(self.settings[n]) for n in ("lock_timeout", "statement_timeout")]
        return min((limit for limit in limits if limit), default=0)


def read(fetched: str) -> Iterator[tuple[str | None, State]]:
    """Return the states that were recorded, each with the command's tag; the last has none."""
    for line in fetched.split("\n"):
        record = json.loads(line)
        yield record["tag"], _state(record["state"])


def _state(found: dict[str, Any]) -> State:
    relations = [_relation(row) for row in found["relations"] or ()]
    columns: dict[int, dict[str, Column]] = defaultdict(dict)
    for row in found["columns"] or ():
        columns[row[0]][row[1]] = Column(*row)
    locks: dict[int, set[str]] = defaultdict(set)
    for oid, mode in found["locks"] or ():
        locks[oid].add(mode)
    return State(
        found["transaction"],
        found["settings"],
        {one.oid: one for one in relations},
        {row[0]: Constraint(*row) for row in found["constraints"] or ()},
        {row[0]: Trigger(*row) for row in found["triggers"] or ()},
        dict(columns),
        {oid: frozenset(modes) for oid, modes in locks.items()},
    )


def _relation(row: list[Any]) -> Relation:
    row[14] = Done(*row[14]) if row[14] else Done()
    return Relation(*row)
