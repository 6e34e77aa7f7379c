"""A table is emptied."""

from alembic import op

BEFORE = "CREATE TABLE items (id int PRIMARY KEY, name text NOT NULL, amount int)"
EXPECTED = ["table-truncated"]


def upgrade() -> None:
    op.execute("TRUNCATE items")
