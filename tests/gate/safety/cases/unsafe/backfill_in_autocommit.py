"""In autocommit it is one transaction still."""

from alembic import op

BEFORE = "CREATE TABLE items (id int PRIMARY KEY, name text NOT NULL, amount int)"
EXPECTED = ["large-write"]


def upgrade() -> None:
    with op.get_context().autocommit_block():
        op.execute("UPDATE items SET amount = 1")
