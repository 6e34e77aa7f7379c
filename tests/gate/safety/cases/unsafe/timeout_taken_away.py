"""A revision takes the time limit away for itself."""

import sqlalchemy as sa
from alembic import op

BEFORE = """
    CREATE TABLE orders(
        id bigint PRIMARY KEY, state text NOT NULL, total int NOT NULL, note text)
"""
EXPECTED = ["no-lock-timeout"]


def upgrade() -> None:
    op.execute("SET lock_timeout = 0")
    op.add_column("orders", sa.Column("extra", sa.Text))
