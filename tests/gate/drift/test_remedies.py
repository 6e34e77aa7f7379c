"""The code of a finding, pasted into a revision, ends what it is about."""

from types import SimpleNamespace

import psycopg
import pytest

from tests.gate.drift.casefile import Case, all_cases
from toolbox.databases import Throwaways
from toolbox.gate.catalog import compare, same_meaning
from toolbox.gate.drift.dump import find_pg_dump
from toolbox.gate.drift.engine import Side, sides
from toolbox.gate.drift.grouping import Group, grouped
from toolbox.gate.drift.remedies import Remedies

# Of what Alembic's renderer does not know, or not whole, one case of each way to end it.
ENDED = {
    "columns: a length that one side dropped",
    "columns: another collation",
    "columns: storage",
    "columns: a column's statistics target",
    "columns: n_distinct",
    "columns: identity, ALWAYS and BY DEFAULT",
    "columns: identity's increment",
    "constraints: ON DELETE SET NULL of some columns",
    "constraints: a foreign key that can be deferred",
    "constraints: a check missing",
    "further: view with a window function",
    "further: aggregate parallel",
    "others: a sequence's options",
    "others: the kinds of extended statistics",
}


def groups(left: Side, right: Side) -> list[Group]:
    found = compare(left.snapshot, right.snapshot)
    with psycopg.connect(left.url) as connection:
        excused = same_meaning(found, left.snapshot, connection)
    real = [one for one in found if one not in excused]
    return [*grouped(real, left.snapshot, right.snapshot)]


@pytest.mark.parametrize("case", [one for one in all_cases() if str(one) in ENDED], ids=str)
def test_ends_it(case: Case, databases: Throwaways) -> None:
    urls = databases.create("remedy_models"), databases.create("remedy_migrations")
    for url, statements in zip(urls, (case.models, case.migrations), strict=True):
        with psycopg.connect(url) as connection:
            connection.execute((case.both + statements).encode())
    pg_dump = find_pg_dump(urls[0])
    left, right = sides(*urls, pg_dump)
    remedies = Remedies([], left.blocks, right.blocks, left.snapshot)
    with psycopg.connect(urls[1]) as connection:
        op = SimpleNamespace(execute=lambda text: connection.execute(text.encode()))
        for group in groups(left, right):
            exec(remedies.of(group), {"op": op})  # noqa: S102 - it is what one pastes
    assert groups(*sides(*urls, pg_dump)) == []
    for url in urls:
        databases.drop(url)


def test_cases_exist() -> None:
    assert {str(case) for case in all_cases()} >= ENDED
