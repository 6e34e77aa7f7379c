"""A stored generated column is computed for all rows."""

import sqlalchemy as sa
from alembic import op

BEFORE = "CREATE TABLE items (id int PRIMARY KEY, name text NOT NULL, amount int)"
EXPECTED = ["table-rewrite"]


def upgrade() -> None:
    op.add_column(
        "items", sa.Column("upper", sa.Text(), sa.Computed("upper(name)", persisted=True))
    )
