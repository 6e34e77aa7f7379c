"""Rows are read by Core and written one at a time."""

import sqlalchemy as sa
from alembic import op

BEFORE = """
    CREATE TABLE orders(
        id bigint PRIMARY KEY, state text NOT NULL, total int NOT NULL, note text)
"""
EXPECTED = ["large-write"]


def upgrade() -> None:
    orders = sa.table("orders", sa.column("id"), sa.column("note"))
    bind = op.get_bind()
    for (key,) in bind.execute(sa.select(orders.c.id)).all():
        bind.execute(orders.update().where(orders.c.id == key).values(note="x"))
