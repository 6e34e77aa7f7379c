"""Rows are copied to a table that replaces it."""

from alembic import op

BEFORE = "CREATE TABLE items (id int PRIMARY KEY, name text NOT NULL, amount int)"
EXPECTED = ["large-write"]


def upgrade() -> None:
    op.execute("CREATE TABLE items_new (id bigint PRIMARY KEY, name text)")
    op.execute("INSERT INTO items_new SELECT id, name FROM items")
