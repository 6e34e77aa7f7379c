"""A default from a sequence numbers all rows."""

import sqlalchemy as sa
from alembic import op

BEFORE = "CREATE TABLE items (id int PRIMARY KEY, name text NOT NULL, amount int)"
EXPECTED = ["table-rewrite"]


def upgrade() -> None:
    op.execute("CREATE SEQUENCE numbers")
    op.add_column(
        "items", sa.Column("number", sa.BigInteger(), server_default=sa.text("nextval('numbers')"))
    )
