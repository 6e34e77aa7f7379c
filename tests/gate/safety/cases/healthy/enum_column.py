"""A column of a new enum, with a default."""

import sqlalchemy as sa
from alembic import op

BEFORE = "CREATE TABLE items (id int PRIMARY KEY, name text NOT NULL, amount int)"
EXPECTED: list[str] = []


def upgrade() -> None:
    state = sa.Enum("new", "old", name="state")
    state.create(op.get_bind())
    op.add_column("items", sa.Column("state", state, server_default="new", nullable=False))
