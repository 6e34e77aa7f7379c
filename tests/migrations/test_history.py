"""The revisions: they lead up and down, to a schema whose constraints can be spoken of."""

from collections.abc import Iterator

import pytest
from sqlalchemy import (
    CheckConstraint,
    Constraint,
    ForeignKeyConstraint,
    Index,
    PrimaryKeyConstraint,
    UniqueConstraint,
)

from api.models import Base
from tests.migrations.test_turns import tables
from tests.toolbox.checkouts import Checkout
from tests.toolbox.clusters import query
from toolbox.checkout import ROOT
from toolbox.migrations.alembic import differences, upgrade


@pytest.fixture
def here(migrated: str) -> Checkout:
    """This checkout itself, with a database at head."""
    return Checkout(ROOT, {"DATABASE_URL": migrated})


def test_down_and_up(here: Checkout, migrated: str) -> None:
    """All the way down nothing is left, and up again all is as the models say."""
    done = here.alembic("downgrade", "base")
    assert done.returncode == 0
    assert tables(migrated) == {"alembic_version"}
    leftovers = """
        SELECT typname FROM pg_type WHERE typnamespace = 'public'::regnamespace
        AND typname !~ 'alembic_version'
        UNION ALL SELECT proname FROM pg_proc WHERE pronamespace = 'public'::regnamespace
    """
    assert query(migrated, leftovers) == []
    upgrade(migrated, quiet=True)
    assert differences(migrated) == []


def constraints() -> Iterator[tuple[str, Constraint | Index]]:
    for table in Base.metadata.sorted_tables:
        for constraint in table.constraints:
            yield table.name, constraint
        for index in table.indexes:
            yield table.name, index


def convention(table: str, constraint: Constraint | Index) -> str:
    """Return the name, or for a check the beginning of it, that the convention gives."""
    columns = "_".join(column.name for column in getattr(constraint, "columns", ()))
    match constraint:
        case PrimaryKeyConstraint():
            return f"pk_{table}"
        case ForeignKeyConstraint():
            return f"fk_{table}_{columns}_{constraint.referred_table.name}"
        case UniqueConstraint():
            return f"uq_{table}_{columns}"
        case Index():
            return f"ix_{table}_{columns}"
        case CheckConstraint():
            return f"ck_{table}_"
        case _:
            return f"a convention for {constraint!r}"


def test_models_name_their_constraints() -> None:
    """Every constraint and index has the name that the convention gives it."""
    named = [(convention(*each), str(each[1].name)) for each in constraints()]
    assert len(named) > len(Base.metadata.tables)
    wrong = [
        (expected, name)
        for expected, name in named
        if not (name.startswith(expected) if expected.startswith("ck_") else name == expected)
    ]
    assert wrong == []


def test_database_has_those_names(migrated: str) -> None:
    """The database knows the constraints by the names that the models give them."""
    found = query(
        migrated,
        """
        SELECT conname FROM pg_constraint JOIN pg_class ON pg_class.oid = conrelid
        WHERE connamespace = 'public'::regnamespace AND contype <> 'n'
        AND relname <> 'alembic_version'
        UNION SELECT indexname FROM pg_indexes
        WHERE schemaname = 'public' AND tablename <> 'alembic_version'
        """,
    )
    assert {name for (name,) in found} == {str(each.name) for _, each in constraints()}
