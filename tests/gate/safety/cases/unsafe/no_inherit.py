"""A child leaves its parent: its rows are not found there."""

from alembic import op

BEFORE = """
CREATE TABLE vehicles (id int PRIMARY KEY);
CREATE TABLE cars (wheels int) INHERITS (vehicles)
"""
EXPECTED = ["meaning-changes"]


def upgrade() -> None:
    op.execute("ALTER TABLE cars NO INHERIT vehicles")
