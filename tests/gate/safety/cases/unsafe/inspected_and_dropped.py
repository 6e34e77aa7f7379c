"""What sa.inspect finds is dropped."""

import sqlalchemy as sa
from alembic import op

BEFORE = """
    CREATE TABLE orders(
        id bigint PRIMARY KEY, state text NOT NULL, total int NOT NULL, note text)
"""
EXPECTED = ["previous-read-fails"]


def upgrade() -> None:
    names = {column["name"] for column in sa.inspect(op.get_bind()).get_columns("orders")}
    if "note" in names:
        op.drop_column("orders", "note")
