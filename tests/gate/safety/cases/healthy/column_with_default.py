"""A constant default is written nowhere."""

import sqlalchemy as sa
from alembic import op

BEFORE = "CREATE TABLE items (id int PRIMARY KEY, name text NOT NULL, amount int)"
EXPECTED: list[str] = []


def upgrade() -> None:
    op.add_column("items", sa.Column("state", sa.Text(), nullable=False, server_default="new"))
