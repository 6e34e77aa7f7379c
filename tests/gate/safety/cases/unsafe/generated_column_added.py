"""A stored generated column is added."""

import sqlalchemy as sa
from alembic import op

BEFORE = """
    CREATE TABLE orders(
        id bigint PRIMARY KEY, state text NOT NULL, total int NOT NULL, note text)
"""
EXPECTED = ["table-rewrite"]


def upgrade() -> None:
    op.add_column(
        "orders", sa.Column("doubled", sa.Integer, sa.Computed("total * 2", persisted=True))
    )
