"""Without the primary key."""

from alembic import op

BEFORE = "CREATE TABLE items (id int PRIMARY KEY, name text NOT NULL, amount int)"
EXPECTED = ["previous-write-fails"]


def upgrade() -> None:
    op.drop_constraint("items_pkey", "items")
