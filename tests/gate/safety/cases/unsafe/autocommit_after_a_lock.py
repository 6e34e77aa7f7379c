"""An index is built concurrently, but after a rewrite."""

import sqlalchemy as sa
from alembic import op

BEFORE = """
    CREATE TABLE orders(
        id bigint PRIMARY KEY, state text NOT NULL, total int NOT NULL, note text)
"""
EXPECTED = ["table-rewrite"]


def upgrade() -> None:
    op.alter_column("orders", "total", type_=sa.BigInteger())
    with op.get_context().autocommit_block():
        op.create_index("orders_total", "orders", ["total"], postgresql_concurrently=True)
