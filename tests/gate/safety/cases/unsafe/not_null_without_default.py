"""A new NOT NULL column without a default is refused where there are rows."""

import sqlalchemy as sa
from alembic import op

BEFORE = "CREATE TABLE items (id int PRIMARY KEY, name text NOT NULL, amount int)"
EXPECTED = ["upgrade-fails-on-rows"]


def upgrade() -> None:
    op.add_column("items", sa.Column("state", sa.Text(), nullable=False))
