"""So many rows are deleted at once."""

from alembic import op

BEFORE = "CREATE TABLE items (id int PRIMARY KEY, name text NOT NULL, amount int)"
EXPECTED = ["large-write"]


def upgrade() -> None:
    op.execute("DELETE FROM items WHERE amount IS NULL OR amount > 0")
