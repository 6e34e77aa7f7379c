"""Or renamed."""

from alembic import op

BEFORE = "CREATE TABLE items (id int PRIMARY KEY, name text NOT NULL, amount int)"
EXPECTED = ["previous-read-fails"]


def upgrade() -> None:
    op.alter_column("items", "amount", new_column_name="quantity")
