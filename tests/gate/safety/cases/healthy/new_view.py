"""A further view."""

from alembic import op

BEFORE = "CREATE TABLE items (id int PRIMARY KEY, name text NOT NULL, amount int)"
EXPECTED: list[str] = []


def upgrade() -> None:
    op.execute("CREATE VIEW cheap AS SELECT id FROM items WHERE amount < 10")
