"""clock_timestamp() differs from row to row."""

from alembic import op

BEFORE = "CREATE TABLE items (id int PRIMARY KEY, name text NOT NULL, amount int)"
EXPECTED = ["table-rewrite"]


def upgrade() -> None:
    op.execute("ALTER TABLE items ADD COLUMN seen timestamptz DEFAULT clock_timestamp()")
