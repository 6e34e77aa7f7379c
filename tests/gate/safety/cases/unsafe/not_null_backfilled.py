"""A new NOT NULL column, filled, and its default taken away."""

import sqlalchemy as sa
from alembic import op

BEFORE = "CREATE TABLE items (id int PRIMARY KEY, name text NOT NULL, amount int)"
EXPECTED = ["previous-write-fails"]


def upgrade() -> None:
    op.add_column("items", sa.Column("state", sa.Text(), nullable=False, server_default="new"))
    op.alter_column("items", "state", server_default=None)
