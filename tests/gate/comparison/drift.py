"""Drift: the engine of the gate beside what `alembic check` compares.

The cases are SQL. What the models would say to Alembic is what SQLAlchemy reflects of their side,
which is all that can be written in models and a little more than most people write.
"""

from collections.abc import Iterator
from contextlib import contextmanager

import psycopg
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from sqlalchemy import Connection, Engine, MetaData, create_engine, inspect
from sqlalchemy.pool import NullPool

from tests.gate.comparison.score import Score, compare
from tests.gate.drift.casefile import Case, all_cases
from toolbox.databases import Throwaways
from toolbox.gate.catalog import compare as compare_snapshots
from toolbox.gate.catalog import same_meaning, snapshots
from toolbox.gate.drift.grouping import grouped

DEFAULTS = {"compare_type": True}
EVERYTHING = {"compare_type": True, "compare_server_default": True, "include_schemas": True}


class Sides:
    """Two databases, in transactions that nobody commits."""

    def __init__(self, models: str, migrations: str) -> None:
        """Take their URLs."""
        self._engines = [_engine(url) for url in (models, migrations)]

    @contextmanager
    def _filled(self, case: Case) -> Iterator[list[psycopg.Connection]]:
        opened = [engine.connect() for engine in self._engines]
        raw = [_driver(each) for each in opened]
        try:
            for connection, sql in zip(raw, (case.models, case.migrations), strict=True):
                connection.execute((case.both + sql).encode())
            self.opened = opened
            yield raw
        finally:
            for each in opened:
                each.rollback()
                each.close()

    def gate(self, case: Case) -> bool:
        """Tell whether the gate finds something."""
        with self._filled(case) as (left, right):
            taken = snapshots(left, right)
            differences = compare_snapshots(*taken)
            excused = same_meaning(differences, taken[0], left)
            return bool(grouped([d for d in differences if d not in excused], *taken))

    def alembic(self, case: Case, **options: bool) -> bool:
        """Tell whether `alembic check` finds something; if it crashes it finds nothing."""
        with self._filled(case):
            models, migrations = self.opened
            try:
                metadata = MetaData()
                for schema in inspect(models).get_schema_names():
                    if schema != "information_schema":
                        metadata.reflect(models, schema=None if schema == "public" else schema)
                context = MigrationContext.configure(migrations, opts=options)
                return bool(compare_metadata(context, metadata))
            except Exception:  # noqa: BLE001 - whatever it crashes at
                return False


def _driver(connection: Connection) -> psycopg.Connection:
    found = connection.connection.driver_connection
    assert isinstance(found, psycopg.Connection)
    return found


def _engine(url: str) -> Engine:
    return create_engine(url.replace("postgresql://", "postgresql+psycopg://"), poolclass=NullPool)


def scores(databases: Throwaways) -> dict[str, Score]:
    """Give all cases to the tools."""
    sides = Sides(databases.create("models"), databases.create("migrations"))
    cases = ((str(case), bool(case.finds), case) for case in all_cases())
    return compare(
        cases,
        {
            "this gate": sides.gate,
            "`alembic check`": lambda case: sides.alembic(case, **DEFAULTS),
            "`alembic check`, all of its options": lambda case: sides.alembic(case, **EVERYTHING),
        },
    )
