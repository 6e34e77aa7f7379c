"""The rows of a database, and whether they survive a revision and its way back."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import psycopg
from psycopg import Connection

from toolbox.gate.seeding.catalog import Oid, Table, literal, quoted, read_tables, read_types

Values = list[str | None]

SETTINGS = """
SELECT set_config('timezone', 'UTC', true), set_config('datestyle', 'ISO, YMD', true),
       set_config('intervalstyle', 'postgres', true), set_config('extra_float_digits', '1', true),
       set_config('bytea_output', 'hex', true)
"""


@dataclass(frozen=True)
class Content:
    """The rows of a table.

    Args:
        oid: the table's.
        name: the table's, as `public.items`.
        numbers: its columns by their numbers, which a rename does not change.
        columns: the values of each column as text, row by row.
        key: the columns of its primary key.
        declared: columns whose default is another at each time or place.
        count: how many rows there are.
    """

    oid: Oid
    name: str
    numbers: dict[int, str]
    columns: dict[str, Values]
    key: tuple[str, ...]
    declared: frozenset[str]
    count: int

    def pairs(self, column: str, key: tuple[str, ...]) -> Counter[tuple[str | None, ...]]:
        """Return the values of a column, each with its row's key; without those that are NULL."""
        values = zip(*(self.columns[name] for name in (*key, column)), strict=True)
        return Counter(each for each in values if each[-1] is not None)


@dataclass(frozen=True)
class Contents:
    """The rows of all tables, by their names, and when they were read."""

    tables: dict[str, Content]
    at: datetime

    def same(self, content: Content) -> Content | None:
        """Return what a table of other contents is here: by its OID, or else by its name."""
        by_oid = [each for each in self.tables.values() if each.oid == content.oid]
        return by_oid[0] if by_oid else self.tables.get(content.name)


DETAILS = """
SELECT c.oid::int8,
    coalesce((SELECT array_agg(a.attname::text ORDER BY o.at) FROM pg_index AS i,
        unnest(i.indkey::int2[]) WITH ORDINALITY AS o(number, at)
        JOIN pg_attribute AS a ON a.attnum = o.number
        WHERE i.indrelid = c.oid AND i.indisprimary AND a.attrelid = c.oid), '{}'),
    coalesce((SELECT array_agg(a.attname::text) FROM pg_attrdef AS d
        JOIN pg_attribute AS a ON a.attrelid = d.adrelid AND a.attnum = d.adnum
        WHERE d.adrelid = c.oid AND pg_get_expr(d.adbin, d.adrelid) ~
            '(now|clock_timestamp|uuid\\w*|random|CURRENT_\\w+|LOCALTIME\\w*|transaction_timestamp|'
            'statement_timestamp|timeofday|gen_\\w+)\\M'), '{}')
FROM pg_class AS c WHERE c.relkind = 'r' AND c.oid >= 16384
"""


def contents(url: str, skip: frozenset[str]) -> Contents:
    """Return the rows of a database, without the tables that are to be skipped."""
    with psycopg.connect(url) as connection:
        connection.execute(SETTINGS)
        tables = read_tables(connection, read_types(connection))
        details = {oid: more for oid, *more in connection.execute(DETAILS)}
        found = {
            table.name: _content(connection, table, *details[table.oid])
            for table in tables
            if table.name not in skip
        }
        return Contents(found, datetime.now(UTC))


def _content(
    connection: Connection[Any], table: Table, key: list[str], declared: list[str]
) -> Content:
    columns = [each for each in table.columns.values() if each.generated is None]
    # The text of json is kept as it was written: what it says is compared.
    shown = ", ".join(
        f"{quoted(each.name)}::jsonb::text"
        if each.shown == "json"
        else f"{quoted(each.name)}::text"
        for each in columns
    )
    query = f"SELECT {shown} FROM ONLY {table.name}"
    rows = connection.execute(query.encode()).fetchall()
    values = [list(each) for each in zip(*rows, strict=True)] or [[] for _ in columns]
    return Content(
        table.oid,
        table.name,
        {each.number: each.name for each in columns},
        dict(zip((each.name for each in columns), values, strict=False)),
        tuple(key) if all(name in {each.name for each in columns} for name in key) else (),
        frozenset(declared),
        len(rows),
    )


def counts(url: str, skip: frozenset[str]) -> dict[str, int]:
    """Return how many rows each table has."""
    with psycopg.connect(url) as connection:
        names = [each.name for each in read_tables(connection, read_types(connection))]
        queries = [
            f"SELECT {literal(name)}, (SELECT count(*) FROM ONLY {name})"
            for name in names
            if name not in skip
        ]
        return dict(connection.execute(" UNION ALL ".join(queries).encode())) if queries else {}


@dataclass(frozen=True)
class Loss:
    """What did not survive.

    Args:
        subject: the table or the column.
        message: what became of it, in a sentence.
        by_upgrade: whether the upgrade is to blame, and not the way back.
    """

    subject: str
    message: str
    by_upgrade: bool


def losses(before: Contents, above: Contents, seeded: Contents, after: Contents) -> Iterator[Loss]:
    """Give what of the rows is lost by a revision and its way back, other than by design.

    By design goes what the upgrade drops, unless the same values are in another column that it
    adds.

    Args:
        before: the rows before the upgrade.
        above: the rows after it.
        seeded: the rows as they were when more had been written, just before the downgrade; what
            that changes of the others, as a trigger that counts does, is no loss.
        after: the rows after the downgrade; more than before may be there.
    """
    for old in before.tables.values():
        high, low = above.same(old), after.tables.get(old.name)
        if low is None or (high is None and not _moved_to(old, above)):
            continue
        if missing := _missing(old, high, seeded, low):
            by_upgrade = high is not None and high.count < old.count
            way = "upgrade" if by_upgrade else "downgrade"
            message = f"The {way} deletes {missing} of {old.count} rows of {old.name}"
            yield Loss(f"table {old.name}", f"{message}.", by_upgrade)
            continue
        moved = _moved(high, seeded) if high else set[str]()
        yield from _values_lost(old, high, low, moved, (before.at, after.at))


def _missing(old: Content, high: Content | None, seeded: Contents, low: Content) -> int:
    """Return how many rows are gone: by their keys, or where these are others now, by number."""
    if old.key and old.key == low.key:
        keys = _keys(old, old.key)
        there = keys & _keys(low, old.key)
        if there:
            return (keys - there).total()
    now = seeded.same(high) if high else None
    more = now.count - high.count if now and high else 0
    return max(old.count - (low.count - max(more, 0)), 0)


def _keys(content: Content, key: tuple[str, ...]) -> Counter[tuple[str | None, ...]]:
    return Counter(zip(*(content.columns[name] for name in key), strict=True))


def _moved(high: Content, seeded: Contents) -> set[str]:
    """Return the columns whose values changed as other rows were written."""
    now = seeded.same(high)
    if now is None:
        return set()
    key = high.key if high.key == now.key else ()
    return {
        column
        for column in high.columns.keys() & now.columns.keys()
        if high.pairs(column, key) - now.pairs(column, key)
    }


def _moved_to(old: Content, above: Contents) -> bool:
    """Tell whether the rows of a table that is gone are in another one."""
    return any(
        other.count >= old.count > 0
        and all(_holds(values, other) for values in old.columns.values())
        for other in above.tables.values()
    )


def _holds(values: Values, content: Content) -> bool:
    wanted = Counter(value for value in values if value is not None)
    if len(wanted) < 2:
        return True
    return any(wanted <= Counter(other) for other in content.columns.values())


def _values_lost(
    old: Content,
    high: Content | None,
    low: Content,
    moved: set[str],
    when: tuple[datetime, datetime],
) -> Iterator[Loss]:
    key = old.key if old.key == low.key and _has_keys(old, low) else ()
    for number, column in old.numbers.items():
        values = old.columns[column]
        if column not in low.columns or (high and not _survives(number, values, old, high)):
            continue
        if high and high.numbers.get(number, column) in moved:
            continue
        lost = old.pairs(column, key) - low.pairs(column, key)
        lost = Counter(
            {each: n for each, n in lost.items() if not _touched(each, low, column, when)}
        )
        if not lost:
            continue
        above = high.numbers.get(number) if high else None
        by_upgrade = bool(
            high and above and set(key) <= high.columns.keys() and lost - high.pairs(above, key)
        )
        example = next(iter(lost))[-1]
        message = (
            f"{lost.total()} of {len(values)} values of {old.name}.{column} do not survive the "
            f"upgrade and the downgrade: {_short(example)} becomes "
            f"{_short(_became(next(iter(lost)), low, column, key))}."
        )
        yield Loss(f"column {old.name}.{column}", message, by_upgrade)


def _has_keys(old: Content, low: Content) -> bool:
    return bool(old.key) and _keys(old, old.key) <= _keys(low, old.key)


def _survives(number: int, values: Values, old: Content, high: Content) -> bool:
    """Tell whether the upgrade keeps a column, under this or another name, or its values."""
    if high.oid == old.oid and number in high.numbers:
        return True
    if high.oid != old.oid and old.numbers[number] in high.columns:
        return True
    added = [
        column
        for at, column in high.numbers.items()
        if high.oid != old.oid or at not in old.numbers
    ]
    wanted = Counter(value for value in values if value is not None)
    return len(wanted) > 1 and any(wanted <= Counter(high.columns[column]) for column in added)


def _touched(
    lost: tuple[str | None, ...], low: Content, column: str, when: tuple[datetime, datetime]
) -> bool:
    """Tell whether a row has got the present time, as by a trigger that notes changes."""
    key = low.key if len(lost) > 1 else ()
    became = _became(lost, low, column, key)
    began, ended = (each.strftime("%Y-%m-%d %H:%M:%S.%f") for each in when)
    return became is not None and len(became) >= 19 and began[:19] <= became[:26] <= ended


def _became(
    lost: tuple[str | None, ...], low: Content, column: str, key: tuple[str, ...]
) -> str | None:
    """Return the value that a row has now; without a key, the one that nearly any has."""
    if not key:
        return None
    for values in zip(*(low.columns[name] for name in (*key, column)), strict=True):
        if values[:-1] == lost[:-1]:
            became: str | None = values[-1]
            return became
    return None


def _short(value: str | None) -> str:
    if value is None:
        return "NULL"
    return repr(value if len(value) <= 40 else f"{value[:37]}...")
