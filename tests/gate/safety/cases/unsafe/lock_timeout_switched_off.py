"""The project's own limit is taken away."""

import sqlalchemy as sa
from alembic import op

BEFORE = "CREATE TABLE items (id int PRIMARY KEY, name text NOT NULL, amount int)"
EXPECTED = ["no-lock-timeout"]


def upgrade() -> None:
    op.execute("SET LOCAL lock_timeout = 0")
    op.add_column("items", sa.Column("note", sa.Text()))
