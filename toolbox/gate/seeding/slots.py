"""How the columns of a table may be filled: slots, and for each the alternatives that it has.

A slot is a column, or the columns of a foreign key, which are filled together. An alternative is an
SQL expression for each of its columns, in terms of the row's number `i`, of a row of the table that
a key refers to, or, where it is `derived`, of the row's other columns.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from enum import StrEnum

from toolbox.gate.seeding.catalog import (
    Check,
    Column,
    ForeignKey,
    Oid,
    Table,
    Type,
    mentioned,
    quoted,
    tokens,
)
from toolbox.gate.seeding.hints import hints_in
from toolbox.gate.seeding.types import of_type
from toolbox.gate.seeding.values import Values

BIG = 9223372036854775807


class Source(StrEnum):
    """Where the expressions of an alternative find what they speak of."""

    NUMBER = "number"  # the row's number `i`
    PARENT = "parent"  # a row of the table that a foreign key refers to
    ROW = "row"  # the row's other columns


@dataclass(frozen=True)
class Alternative:
    """A way to fill a slot: an expression for each of its columns, and how often it is taken."""

    expressions: tuple[str, ...]
    weight: int = 1
    source: Source = Source.NUMBER


@dataclass
class Slot:
    """Columns that are filled together: one, or those of a foreign key.

    Args:
        columns: their numbers.
        alternatives: the ways to fill them.
        shown: their types, as SQL writes them.
        parents: a query for the rows that a key refers to, whose columns are k0, k1 and so on.
        shared: columns that other slots fill, by the name that `parents` has for them.
        one_to_one: whether each parent may be referred to once.
    """

    columns: tuple[int, ...]
    alternatives: list[Alternative] = field(default_factory=list)
    shown: tuple[str, ...] = ()
    parents: str | None = None
    shared: tuple[tuple[int, str], ...] = ()
    one_to_one: bool = False


def pick(salt: int, count: int | str) -> str:
    """Return an expression that is for each row `i` one of the numbers below a count."""
    return f"((hashint8extended(i, {salt}) & {BIG}) % {count})"


@dataclass(frozen=True)
class Situation:
    """What can be referred to, as one table is about to be filled.

    Args:
        filled: tables that have rows.
        postponed: names of foreign keys of this table that are checked when all tables are full.
        demanded: columns of this table whose values rows elsewhere wait for, and the query for
            those values.
    """

    filled: frozenset[Oid]
    postponed: frozenset[str] = frozenset()
    demanded: tuple[tuple[int, ...], str] | None = None


def slots_of(table: Table, types: dict[Oid, Type], situation: Situation) -> list[Slot]:
    """Return the slots of a table; one without alternatives cannot be filled."""
    found: list[Slot] = []
    taken: set[int] = set()
    if situation.demanded is not None:
        columns, query = situation.demanded
        found.append(_slot(table, columns, types, parents=query, one_to_one=True))
        taken |= set(columns)
    for key in table.foreign_keys:
        if key.name in situation.postponed or set(key.columns) <= taken:
            continue
        if any(table.columns[number].generated for number in key.columns):
            continue
        found.append(_of_key(table, key, types, situation, taken))
        taken |= set(key.columns)
    for number, column in table.columns.items():
        if number not in taken and column.generated is None:
            found.append(_of_column(table, column, types))
    return found


def _slot(
    table: Table,
    columns: tuple[int, ...],
    types: dict[Oid, Type],
    *,
    parents: str | None = None,
    one_to_one: bool = False,
) -> Slot:
    shown = tuple(_shown(table.columns[number], types) for number in columns)
    slot = Slot(columns, [], shown, parents, one_to_one=one_to_one)
    if parents is not None:
        taken = tuple(f"k{at}" for at in range(len(columns)))
        slot.alternatives.append(Alternative(taken, 4, Source.PARENT))
    return slot


def _of_key(
    table: Table, key: ForeignKey, types: dict[Oid, Type], situation: Situation, taken: set[int]
) -> Slot:
    """Return the slot of a foreign key; of its columns, those that are not filled yet."""
    pairs = list(zip(key.columns, key.keys, strict=True))
    new = [(number, name) for number, name in pairs if number not in taken]
    old = [(number, name) for number, name in pairs if number in taken]
    columns = tuple(number for number, _ in new)
    is_filled = key.target in situation.filled
    slot = _slot(table, columns, types, parents=_parents(key, new, old) if is_filled else None)
    slot.shared = tuple((number, f"s{at}") for at, (number, _) in enumerate(old))
    slot.one_to_one = any(unique and unique <= set(key.columns) for unique in table.uniques)
    nullable = [not table.columns[number].not_null for number in columns]
    if all(nullable) and (key.match == "s" or not old):
        slot.alternatives.append(Alternative(("NULL",) * len(columns)))
    elif any(nullable) and key.match == "s" and is_filled:
        partly = tuple("NULL" if null else f"k{at}" for at, null in enumerate(nullable))
        slot.alternatives.append(Alternative(partly, 1, Source.PARENT))
    elif key.target == table.oid and not is_filled:
        # The first row of a table that refers to itself refers to itself.
        itself = tuple(quoted(name) for _, name in new)
        slot.alternatives.append(Alternative(itself, 1, Source.ROW))
    return slot


def _parents(key: ForeignKey, new: list[tuple[int, str]], old: list[tuple[int, str]]) -> str:
    columns = [f"{quoted(name)} AS k{at}" for at, (_, name) in enumerate(new)]
    columns += [f"{quoted(name)} AS s{at}" for at, (_, name) in enumerate(old)]
    present = " AND ".join(f"{quoted(name)} IS NOT NULL" for name in key.keys)
    return f"SELECT {', '.join(columns)} FROM {key.target_name} WHERE {present}"


def _of_column(table: Table, column: Column, types: dict[Oid, Type]) -> Slot:
    conditions = [each.expression for each in table.checks if column.number in each.columns]
    hints = hints_in(conditions) if conditions else None
    values = of_type(column.type, column.typmod, column.shown, types, hints)
    is_alone = any(unique == {column.number} for unique in table.uniques)
    if column.sequence is not None:
        values = Values(values.series[:1] or values.pool, [])
    slot = _slot(table, (column.number,), types)
    # Arrays of several lengths are no elements of one array.
    exploded = hints is not None or column.shown.endswith("]")
    slot.alternatives += _alternatives(values, unique=is_alone, exploded=exploded)
    slot.alternatives += _derived(table, column)
    if not column.not_null:
        # Of all rows about a fifth.
        weight = sum(each.weight for each in slot.alternatives) // 4
        slot.alternatives.append(Alternative(("NULL",), max(weight, 1)))
    return slot


def _alternatives(values: Values, *, unique: bool, exploded: bool) -> Iterator[Alternative]:
    for each in values.series:
        yield Alternative((each,), 20 if unique else 3)
    if exploded or len(values.pool) == 1:
        for each in values.pool:
            yield Alternative((each,))
    elif values.pool:
        chosen = f"(ARRAY[{', '.join(values.pool)}])[1 + {pick(17, len(values.pool))}]"
        yield Alternative((chosen,), 1 if unique and values.series else 5)


def _derived(table: Table, column: Column) -> Iterator[Alternative]:
    """Give what conditions say a column is equal to, or is bounded by."""
    spellings = {column.name, quoted(column.name)}
    for check in table.checks:
        if column.number not in check.columns:
            continue
        for left, right in equations(check.expression):
            for one, other in ((left, right), (right, left)):
                numbers = mentioned(other, table.columns)
                if one in spellings and numbers and column.number not in numbers:
                    yield Alternative((other,), 4, Source.ROW)


def equations(expression: str) -> Iterator[tuple[str, str]]:
    """Give both sides of each `=` (or `>=`, `<=`) that stands in a pair of parentheses."""
    words = tokens(expression)
    opened: list[int] = []
    for at, word in enumerate(words):
        if word == "(":
            opened.append(at)
        elif word == ")" and opened:
            inner = words[opened.pop() + 1 : at]
            depth = 0
            for middle, each in enumerate(inner):
                depth += (each == "(") - (each == ")")
                if depth == 0 and each == "=":
                    end = middle - (inner[middle - 1] in {"<", ">"})
                    yield "".join(inner[:end]).strip(), "".join(inner[middle + 1 :]).strip()


def _shown(column: Column, types: dict[Oid, Type]) -> str:
    """Return how SQL writes a column's type, which for a domain is what it is made of."""
    this, shown = types[column.type], column.shown
    while this.kind == "d":
        this, shown = types[this.base], this.base_shown
    return shown


def components(slots: list[Slot], checks: list[Check]) -> list[tuple[list[int], list[Check]]]:
    """Return the slots that conditions tie together, by their numbers, with those conditions."""
    of_column = {number: at for at, slot in enumerate(slots) for number in slot.columns}
    groups: list[tuple[set[int], list[Check]]] = []
    for check in checks:
        members = {of_column[number] for number in check.columns if number in of_column}
        joined = [group for group in groups if group[0] & members]
        groups = [group for group in groups if group not in joined]
        for group in joined:
            members |= group[0]
        groups.append((members, [*(each for group in joined for each in group[1]), check]))
    return [(sorted(members), tied) for members, tied in groups if members]


def weighted(alternatives: list[Alternative]) -> list[int]:
    """Return the numbers of alternatives, each as often as its weight says."""
    return [at for at, each in enumerate(alternatives) for _ in range(each.weight)]
