"""A wider integer has other bytes: every row is written anew."""

from alembic import op

BEFORE = "CREATE TABLE items (id int PRIMARY KEY, amount int)"
EXPECTED = ["table-rewrite"]


def upgrade() -> None:
    op.execute("ALTER TABLE items ALTER COLUMN amount TYPE bigint")
