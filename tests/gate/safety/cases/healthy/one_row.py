"""One row, by its key."""

from alembic import op

BEFORE = "CREATE TABLE items (id int PRIMARY KEY, name text NOT NULL, amount int)"
EXPECTED: list[str] = []


def upgrade() -> None:
    op.execute("UPDATE items SET amount = 2 WHERE id = 5")
