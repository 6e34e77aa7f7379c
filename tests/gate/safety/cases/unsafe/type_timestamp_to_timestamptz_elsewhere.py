"""Where TimeZone is not UTC, each timestamp is converted."""

from alembic import op

BEFORE = "CREATE TABLE items (id int PRIMARY KEY, at timestamp)"
EXPECTED = ["table-rewrite", "meaning-changes"]


def upgrade() -> None:
    op.execute("SET LOCAL TimeZone = 'Europe/Vienna'")
    op.execute("ALTER TABLE items ALTER COLUMN at TYPE timestamptz")
