"""A virtual generated column is computed when it is read."""

import sqlalchemy as sa
from alembic import op

BEFORE = "CREATE TABLE items (id int PRIMARY KEY, name text NOT NULL, amount int)"
NEEDS = 18
EXPECTED: list[str] = []


def upgrade() -> None:
    op.add_column(
        "items", sa.Column("upper", sa.Text(), sa.Computed("upper(name)", persisted=False))
    )
