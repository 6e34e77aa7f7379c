"""A lock is waited for without end."""

import sqlalchemy as sa
from alembic import op

BEFORE = "CREATE TABLE items (id int PRIMARY KEY, name text NOT NULL, amount int)"
EXPECTED = ["no-lock-timeout"]
LOCK_TIMEOUT = False


def upgrade() -> None:
    op.add_column("items", sa.Column("note", sa.Text()))
