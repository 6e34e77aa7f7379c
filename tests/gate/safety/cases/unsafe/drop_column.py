"""A column is dropped that the previous app reads and writes."""

from alembic import op

BEFORE = "CREATE TABLE items (id int PRIMARY KEY, name text NOT NULL, amount int)"
EXPECTED = ["previous-read-fails"]


def upgrade() -> None:
    op.drop_column("items", "amount")
