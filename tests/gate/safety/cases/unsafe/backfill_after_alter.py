"""The lock of the ALTER is held over the backfill."""

import sqlalchemy as sa
from alembic import op

BEFORE = "CREATE TABLE items (id int PRIMARY KEY, name text NOT NULL, amount int)"
EXPECTED = ["work-under-lock", "large-write"]


def upgrade() -> None:
    op.add_column("items", sa.Column("state", sa.Text()))
    op.execute("UPDATE items SET state = 'new'")
