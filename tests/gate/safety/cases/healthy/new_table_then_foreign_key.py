"""Also by a statement of its own."""

import sqlalchemy as sa
from alembic import op

BEFORE = "CREATE TABLE items (id int PRIMARY KEY, name text NOT NULL, amount int)"
EXPECTED: list[str] = []


def upgrade() -> None:
    op.create_table(
        "parts", sa.Column("id", sa.Integer(), primary_key=True), sa.Column("item_id", sa.Integer())
    )
    op.create_foreign_key("item", "parts", "items", ["item_id"], ["id"])
