"""So long a limit is none."""

import sqlalchemy as sa
from alembic import op

BEFORE = "CREATE TABLE items (id int PRIMARY KEY, name text NOT NULL, amount int)"
EXPECTED = ["no-lock-timeout"]


def upgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '10min'")
    op.add_column("items", sa.Column("note", sa.Text()))
