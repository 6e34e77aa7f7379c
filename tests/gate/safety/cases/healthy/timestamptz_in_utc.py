"""Where TimeZone is UTC nothing is converted."""

from alembic import op

BEFORE = "CREATE TABLE items (id int PRIMARY KEY, at timestamp)"
EXPECTED: list[str] = []


def upgrade() -> None:
    op.execute("SET LOCAL TimeZone = 'UTC'")
    op.execute("ALTER TABLE items ALTER COLUMN at TYPE timestamptz")
