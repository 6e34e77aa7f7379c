"""CONCURRENTLY lets writes pass."""

from alembic import op

BEFORE = "CREATE TABLE items (id int PRIMARY KEY, name text NOT NULL, amount int)"
EXPECTED: list[str] = []


def upgrade() -> None:
    with op.get_context().autocommit_block():
        op.create_index("items_name", "items", ["name"], postgresql_concurrently=True)
