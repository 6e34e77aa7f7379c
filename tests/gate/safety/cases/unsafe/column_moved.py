"""A column is moved to a table of its own."""

from alembic import op

BEFORE = "CREATE TABLE items (id int PRIMARY KEY, name text NOT NULL, amount int)"
EXPECTED = ["previous-read-fails"]


def upgrade() -> None:
    op.execute("CREATE TABLE amounts (item_id int REFERENCES items, amount int)")
    op.drop_column("items", "amount")
