"""Looking for alternatives that satisfy the conditions of a table together; Postgres judges.

A beam search: condition by condition, the combinations that the ones before left are extended by
the alternatives of the columns that the next one adds, and tried on candidate rows.
"""

import random
from dataclasses import dataclass
from typing import Any

from psycopg import Connection

from toolbox.gate.seeding.catalog import Check, Table
from toolbox.gate.seeding.slots import Slot, Source, components
from toolbox.gate.seeding.statement import candidates, choice, holding

TRIED = 3_000  # combinations for a condition
KEPT = 300  # of those that satisfy it
NUMBERS = 3  # row numbers on which each is tried

Vector = tuple[int, ...]


@dataclass(frozen=True)
class Group:
    """Slots that conditions tie together, and combinations of alternatives that satisfy them."""

    members: tuple[int, ...]
    vectors: list[Vector]


class UnsatisfiedError(Exception):
    """No candidate satisfies a condition, with those that stand before it."""

    def __init__(self, check: Check, before: list[Check]) -> None:
        super().__init__(check.name)
        self.check = check
        self.before = before


def search(
    connection: Connection[Any], table: Table, slots: list[Slot], dice: random.Random
) -> list[Group]:
    """Return the groups of slots that conditions tie together.

    Raises:
        UnsatisfiedError: nothing satisfies a condition.
        psycopg.Error: a condition cannot be computed for some candidate.
    """
    return [
        _group(connection, table, slots, checks, dice)
        for _, checks in components(slots, table.checks)
    ]


def _group(
    connection: Connection[Any],
    table: Table,
    slots: list[Slot],
    checks: list[Check],
    dice: random.Random,
) -> Group:
    members: list[int] = []
    beam: list[Vector] = [()]
    done: list[Check] = []
    for check in sorted(checks, key=lambda each: (len(each.columns), each.name)):
        new = [at for at in _closure(table, slots, check) if at not in members]
        ranges = [range(len(slots[at].alternatives)) for at in new]
        tried = _extended(beam, ranges, dice)
        members += new
        done.append(check)
        beam = _satisfying(connection, table, slots, members, tried, done)
        if not beam:
            raise UnsatisfiedError(check, done[:-1])
        if len(beam) > KEPT:
            beam = dice.sample(beam, KEPT)
    return Group(tuple(members), beam)


def _closure(table: Table, slots: list[Slot], check: Check) -> list[int]:
    """Return the slots that a condition is about, and those that their alternatives speak of."""
    of_column = {number: at for at, slot in enumerate(slots) for number in slot.columns}
    found: list[int] = []
    waiting = [of_column[number] for number in sorted(check.columns)]
    while waiting:
        at = waiting.pop(0)
        if at in found:
            continue
        found.append(at)
        waiting += [of_column[number] for number, _ in slots[at].shared]
        for alternative in slots[at].alternatives:
            if alternative.source is Source.ROW:
                for expression in alternative.expressions:
                    waiting += [of_column[n] for n in sorted(table.mentioned(expression))]
    return found


def _extended(beam: list[Vector], ranges: list[range], dice: random.Random) -> list[Vector]:
    total = len(beam)
    for each in ranges:
        total *= len(each)
    if total > TRIED:
        drawn = ((*dice.choice(beam), *map(dice.choice, ranges)) for _ in range(TRIED))
        return list(dict.fromkeys(drawn))
    for each in ranges:
        beam = [(*vector, value) for vector in beam for value in each]
    return beam


def _satisfying(
    connection: Connection[Any],
    table: Table,
    slots: list[Slot],
    members: list[int],
    tried: list[Vector],
    checks: list[Check],
) -> list[Vector]:
    if not tried:
        return []
    columns = [",".join(map(str, each)) for each in zip(*tried, strict=True)]
    arrays = ", ".join(f"'{{{column}}}'::int[]" for column in columns)
    names = ", ".join(choice(at) for at in members)
    # Small numbers, and larger ones, of which some conditions on a series make a difference.
    picks = (
        f"SELECT (n - 1) * {NUMBERS} + step AS i, {names} FROM unnest({arrays}) "
        f"WITH ORDINALITY AS v({names}, n), generate_series(1, {NUMBERS}) AS step"
    )
    chosen = [slot if at in members else None for at, slot in enumerate(slots)]
    filled = {number for at in members for number in slots[at].columns}
    judged = holding(table, candidates(table, chosen, picks), checks, filled)
    query = f'SELECT DISTINCT (("#" - 1) / {NUMBERS})::int FROM ({judged}) AS judged ORDER BY 1'
    return [tried[at] for (at,) in connection.execute(query.encode())]
