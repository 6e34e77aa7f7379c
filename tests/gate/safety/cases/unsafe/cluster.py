"""So does CLUSTER."""

from alembic import op

BEFORE = "CREATE TABLE items (id int PRIMARY KEY, name text NOT NULL, amount int)"
EXPECTED = ["table-rewrite"]


def upgrade() -> None:
    op.execute("CLUSTER items USING items_pkey")
