"""VACUUM FULL copies the table while nobody can read it."""

from alembic import op

BEFORE = "CREATE TABLE items (id int PRIMARY KEY, name text NOT NULL, amount int)"
EXPECTED = ["table-rewrite"]


def upgrade() -> None:
    with op.get_context().autocommit_block():
        op.execute("VACUUM FULL items")
