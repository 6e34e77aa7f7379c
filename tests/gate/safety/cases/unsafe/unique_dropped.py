"""ON CONFLICT needs the unique constraint."""

from alembic import op

BEFORE = "CREATE TABLE items (id int PRIMARY KEY, name text CONSTRAINT items_name UNIQUE)"
EXPECTED = ["previous-write-fails"]


def upgrade() -> None:
    op.drop_constraint("items_name", "items")
