"""Rows are found by reading all of them, however few match here."""

from alembic import op

BEFORE = "CREATE TABLE items (id int PRIMARY KEY, name text NOT NULL, amount int)"
EXPECTED = ["large-write"]


def upgrade() -> None:
    op.execute("UPDATE items SET amount = 1 WHERE name = 'the old way'")
