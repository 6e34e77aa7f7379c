"""A batch alters the type of a column."""

import sqlalchemy as sa
from alembic import op

BEFORE = """
    CREATE TABLE orders(
        id bigint PRIMARY KEY, state text NOT NULL, total int NOT NULL, note text)
"""
EXPECTED = ["table-rewrite"]


def upgrade() -> None:
    with op.batch_alter_table("orders") as batch:
        batch.alter_column("total", type_=sa.BigInteger())
