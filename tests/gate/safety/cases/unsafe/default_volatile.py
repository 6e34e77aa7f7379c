"""Each row gets a value of its own."""

import sqlalchemy as sa
from alembic import op

BEFORE = "CREATE TABLE items (id int PRIMARY KEY, name text NOT NULL, amount int)"
EXPECTED = ["table-rewrite"]


def upgrade() -> None:
    op.add_column("items", sa.Column("key", sa.Uuid(), server_default=sa.text("gen_random_uuid()")))
