"""The SQL that makes rows: candidates from slots, held against the conditions of their table."""

from collections.abc import Sequence

from toolbox.gate.seeding.catalog import Check, Table, quoted
from toolbox.gate.seeding.slots import Slot, Source, pick

PARENTS = 10_000  # rows of another table that a table refers to


def choice(at: int) -> str:
    """Return the column that says which alternative of a slot a row takes."""
    return f'"#{at}"'


def candidates(table: Table, slots: Sequence[Slot | None], picks: str) -> str:
    """Return a query for rows of a table that are yet to be judged.

    Args:
        table: the table.
        slots: how to fill its columns; where one is None the row lacks its columns.
        picks: a query for the row's number `i`, and for each slot which alternative it takes.
    """
    used = [(at, slot) for at, slot in enumerate(slots) if slot is not None]
    first = [(at, slot) for at, slot in used if not slot.shared]
    query = _first(table, first, [at for at, _ in used], picks)
    for at, slot in used:
        if slot.shared:
            query = _beside(table, at, slot, query)
    query = _derived(table, used, query)
    filled = {number for _, slot in used for number in slot.columns}
    return _generated(table, filled, query)


def _first(table: Table, slots: list[tuple[int, Slot]], chosen: list[int], picks: str) -> str:
    columns = ['p.i AS "#"', *(f"p.{choice(at)}" for at in chosen)]
    joins = []
    parents = []
    for at, slot in slots:
        for position, number in enumerate(slot.columns):
            columns.append(f"{_case(at, slot, position, f'p{at}')} AS {table.named(number)}")
        if slot.parents is None:
            continue
        parents.append(
            f"p{at} AS MATERIALIZED (SELECT *, row_number() OVER () - 1 AS n "
            f"FROM ({slot.parents} LIMIT {'ALL' if slot.one_to_one else PARENTS}) AS parents)"
        )
        count = f"nullif((SELECT count(*) FROM p{at}), 0)"
        drawn = f"(i - 1) % {count}" if slot.one_to_one else pick(101 + at, count)
        joins.append(f"LEFT JOIN p{at} ON p{at}.n = {drawn}")
    head = f"WITH {', '.join(parents)} " if parents else ""
    return f"{head}SELECT {', '.join(columns)} FROM ({picks}) AS p {' '.join(joins)}"


def _case(at: int, slot: Slot, position: int, parent: str) -> str:
    """Return the value of a column by the alternative that the row takes."""
    values = []
    for alternative in slot.alternatives:
        expression = alternative.expressions[position]
        match alternative.source:
            case _ if expression == "NULL":
                values.append(f"NULL::{slot.shown[position]}")
            case Source.ROW:
                values.append(f"NULL::{slot.shown[position]}")
            case Source.PARENT:
                values.append(f"{parent}.{expression}")
            case Source.NUMBER:
                values.append(expression)
    if len(values) == 1:
        return values[0]
    cases = " ".join(f"WHEN {number} THEN {value}" for number, value in enumerate(values))
    return f"CASE {choice(at)} {cases} END"


def _beside(table: Table, at: int, slot: Slot, query: str) -> str:
    """Add the columns of a key that shares some with another, so that both hold."""
    columns = ", ".join(
        f"{_case(at, slot, position, 'found')} AS {table.named(number)}"
        for position, number in enumerate(slot.columns)
    )
    if slot.parents is None:
        return f"SELECT a.*, {columns} FROM ({query}) AS a"
    same = " AND ".join(f"parents.{name} = a.{table.named(number)}" for number, name in slot.shared)
    return (
        f"SELECT a.*, {columns} FROM ({query}) AS a LEFT JOIN LATERAL (SELECT * FROM "
        f"({slot.parents}) AS parents WHERE {same} "
        'ORDER BY hashtextextended(parents::text, a."#") LIMIT 1) AS found ON true'
    )


def _derived(table: Table, slots: list[tuple[int, Slot]], query: str) -> str:
    """Compute what follows from other columns of the row."""
    columns = ['"#"', *(choice(at) for at, _ in slots)]
    for at, slot in slots:
        for position, number in enumerate(slot.columns):
            cases = " ".join(
                f"WHEN {which} THEN ({alternative.expressions[position]})::{slot.shown[position]}"
                for which, alternative in enumerate(slot.alternatives)
                if alternative.source is Source.ROW
            )
            name = table.named(number)
            value = f"CASE {choice(at)} {cases} ELSE {name} END" if cases else name
            columns.append(f"{value} AS {name}")
    return f"SELECT {', '.join(columns)} FROM ({query}) AS b"


def _generated(table: Table, filled: set[int], query: str) -> str:
    computed = [
        f"({column.generated})::{column.shown} AS {quoted(column.name)}"
        for column in table.columns.values()
        if column.generated is not None and table.needed(column.number) <= filled
    ]
    return f"SELECT {', '.join(['c.*', *computed])} FROM ({query}) AS c" if computed else query


def holding(table: Table, query: str, checks: Sequence[Check], filled: set[int]) -> str:
    """Return the rows of a query for which conditions hold, and whose demanded columns are there.

    The rows go by the table's name, which a condition on a whole row has.
    """
    conditions = [f"(({check.expression}) IS NOT FALSE)" for check in checks]
    conditions += [
        f"{quoted(column.name)} IS NOT NULL"
        for column in table.columns.values()
        if column.not_null and table.needed(column.number) <= filled
    ]
    alias = table.name.rsplit(".", 1)[1]
    return f"SELECT * FROM ({query}) AS {alias} WHERE {' AND '.join(conditions) or 'true'}"
