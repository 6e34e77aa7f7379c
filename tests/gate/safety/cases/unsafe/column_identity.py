"""So does an identity column."""

import sqlalchemy as sa
from alembic import op

BEFORE = "CREATE TABLE items (id int PRIMARY KEY, name text NOT NULL, amount int)"
EXPECTED = ["table-rewrite"]


def upgrade() -> None:
    op.add_column("items", sa.Column("number", sa.BigInteger(), sa.Identity(), nullable=False))
