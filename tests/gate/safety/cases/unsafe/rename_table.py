"""Or renamed."""

from alembic import op

BEFORE = "CREATE TABLE items (id int PRIMARY KEY, name text NOT NULL, amount int)"
EXPECTED = ["previous-read-fails"]


def upgrade() -> None:
    op.rename_table("items", "things")
