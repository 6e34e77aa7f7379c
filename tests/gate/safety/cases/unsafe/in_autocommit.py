"""A rewrite in autocommit is one."""

from alembic import op

BEFORE = "CREATE TABLE items (id int PRIMARY KEY, name text NOT NULL, amount int)"
EXPECTED = ["table-rewrite"]


def upgrade() -> None:
    with op.get_context().autocommit_block():
        op.execute("ALTER TABLE items ALTER COLUMN amount TYPE bigint")
