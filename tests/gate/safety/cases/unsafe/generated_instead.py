"""A column becomes a generated one: it cannot be written."""

import sqlalchemy as sa
from alembic import op

BEFORE = "CREATE TABLE items (id int PRIMARY KEY, total int CHECK (total > 0))"
NEEDS = 18
EXPECTED = ["previous-write-fails"]


def upgrade() -> None:
    op.drop_column("items", "total")
    op.add_column("items", sa.Column("total", sa.Integer(), sa.Computed("id * 2", persisted=False)))
