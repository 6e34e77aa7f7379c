"""More digits before the point."""

from alembic import op

BEFORE = "CREATE TABLE items (id int PRIMARY KEY, price numeric(10, 2))"
EXPECTED: list[str] = []


def upgrade() -> None:
    op.execute("ALTER TABLE items ALTER COLUMN price TYPE numeric(12, 2)")
