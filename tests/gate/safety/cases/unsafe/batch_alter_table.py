"""Alembic's batch form of an ALTER."""

import sqlalchemy as sa
from alembic import op

BEFORE = "CREATE TABLE items (id int PRIMARY KEY, name text NOT NULL, amount int)"
EXPECTED = ["table-rewrite", "blocking-index-build"]


def upgrade() -> None:
    with op.batch_alter_table("items") as table:
        table.alter_column("amount", type_=sa.BigInteger())
        table.create_index("items_amount", ["amount"])
