"""Also in autocommit, where the lock is gone afterwards."""

from alembic import op

BEFORE = "CREATE TABLE items (id int PRIMARY KEY, name text NOT NULL, amount int)"
EXPECTED = ["blocking-index-build"]


def upgrade() -> None:
    with op.get_context().autocommit_block():
        op.execute("CREATE INDEX items_name ON items (name)")
