"""An unlogged table is another file, and is empty after a crash."""

from alembic import op

BEFORE = "CREATE TABLE items (id int PRIMARY KEY, name text NOT NULL, amount int)"
EXPECTED = ["table-rewrite"]


def upgrade() -> None:
    op.execute("ALTER TABLE items SET UNLOGGED")
