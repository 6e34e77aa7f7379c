"""All rows are updated in one transaction."""

from alembic import op

BEFORE = "CREATE TABLE items (id int PRIMARY KEY, name text NOT NULL, amount int)"
EXPECTED = ["large-write"]


def upgrade() -> None:
    op.execute("UPDATE items SET amount = 0 WHERE amount IS NULL")
