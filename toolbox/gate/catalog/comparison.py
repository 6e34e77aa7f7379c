"""What differs between two snapshots."""

from dataclasses import dataclass
from typing import Any

from toolbox.gate.catalog.snapshot import Snapshot, wholes_of


@dataclass(frozen=True)
class Difference:
    """One fact that is not the same on both sides.

    Args:
        catalog: the catalog that tells it.
        subject: the object, as `table public.items` or `column public.items.name`.
        attribute: the catalog's column, or "" where the object, or this row of it, is on one side
            only.
        left: the fact on the left side; None where it is not there.
        right: the fact on the right side.
        which: which row, where a catalog has several about one object: an enum's label.
    """

    catalog: str
    subject: str
    attribute: str
    left: Any
    right: Any
    which: str = ""


def compare(left: Snapshot, right: Snapshot) -> list[Difference]:
    """Return what differs; what goes with an object that is on one side only is not told apart."""
    found = []
    for key in sorted(left.entries.keys() | right.entries.keys()):
        ours, theirs = left.entries.get(key), right.entries.get(key)
        if ours == theirs:
            continue
        catalog, subject, which = key
        if ours is None or theirs is None:
            found.append(Difference(catalog, subject, "", ours, theirs, which))
            continue
        for name in sorted(ours.keys() | theirs.keys()):
            if ours.get(name) != theirs.get(name):
                values = ours.get(name), theirs.get(name)
                found.append(Difference(catalog, subject, name, *values, which))
    return _without_parts(found, left, right)


def _without_parts(found: list[Difference], *sides: Snapshot) -> list[Difference]:
    """Leave out what is told by a larger thing that is on one side only."""
    alone = {(one.subject, one.left is None) for one in found if _is_whole(one)}
    return [one for one in found if not any(_goes_with(one, alone, side) for side in sides)]


def _is_whole(one: Difference) -> bool:
    return not one.attribute and not one.which and one.catalog not in FACTS


# Catalogs that tell of objects which another catalog has.
FACTS = frozenset(
    {
        "pg_aggregate",
        "pg_depend",
        "pg_description",
        "pg_foreign_table",
        "pg_index",
        "pg_partitioned_table",
        "pg_range",
        "pg_sequence",
        "pg_shdescription",
    }
)


def _goes_with(one: Difference, alone: set[tuple[str, bool]], side: Snapshot) -> bool:
    if one.attribute:
        return False
    missing = one.left is None
    if not _is_whole(one) and (one.subject, missing) in alone:
        return True
    return any((whole, missing) in alone for whole in wholes_of(one.subject, side))
