"""Every case in tests/gate/drift/cases: what is different is found, and what is not, is not."""

from collections.abc import Iterator

import psycopg
import pytest

from tests.gate.drift.casefile import Case, all_cases
from toolbox.databases import Throwaways
from toolbox.gate.catalog import compare, same_meaning, snapshots
from toolbox.gate.drift.grouping import grouped

Pair = tuple[psycopg.Connection, psycopg.Connection]


@pytest.fixture(scope="module")
def pair(databases: Throwaways) -> Iterator[Pair]:
    """Two databases, and a connection to each, whose transactions nobody commits."""
    urls = [databases.create("models"), databases.create("migrations")]
    with psycopg.connect(urls[0]) as models, psycopg.connect(urls[1]) as migrations:
        yield models, migrations
        models.rollback()
        migrations.rollback()
    for url in urls:
        databases.drop(url)


def found(case: Case, pair: Pair) -> set[str]:
    sides = (case.models, case.migrations)
    for connection, sql in zip(pair, sides, strict=True):
        connection.rollback()
        connection.execute((case.both + sql).encode())
    left, right = snapshots(*pair)
    differences = compare(left, right)
    excused = same_meaning(differences, left, pair[0])
    real = [one for one in differences if one not in excused]
    return {f"{group.rule} {group.subject}" for group in grouped(real, left, right)}


@pytest.mark.parametrize("case", all_cases(), ids=str)
def test_case(case: Case, pair: Pair) -> None:
    if pair[0].info.server_version < case.needs * 10_000:
        pytest.skip(f"it needs Postgres {case.needs}")
    assert found(case, pair) == set(case.finds)
