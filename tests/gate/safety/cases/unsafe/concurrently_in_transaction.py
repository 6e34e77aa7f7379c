"""CONCURRENTLY is refused in Alembic's transaction."""

from alembic import op

BEFORE = "CREATE TABLE items (id int PRIMARY KEY, name text NOT NULL, amount int)"
EXPECTED = ["concurrently-in-transaction"]


def upgrade() -> None:
    op.create_index("items_name", "items", ["name"], postgresql_concurrently=True)
