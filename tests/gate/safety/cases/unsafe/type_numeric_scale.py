"""Another scale rounds each value."""

from alembic import op

BEFORE = "CREATE TABLE items (id int PRIMARY KEY, price numeric(10, 2))"
EXPECTED = ["table-rewrite"]


def upgrade() -> None:
    op.execute("ALTER TABLE items ALTER COLUMN price TYPE numeric(10, 1)")
