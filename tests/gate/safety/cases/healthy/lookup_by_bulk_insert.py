"""A new table gets its rows by bulk_insert."""

import sqlalchemy as sa
from alembic import op

BEFORE = """
    CREATE TABLE orders(
        id bigint PRIMARY KEY, state text NOT NULL, total int NOT NULL, note text)
"""
EXPECTED: list[str] = []


def upgrade() -> None:
    kinds = op.create_table(
        "kinds",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("name", sa.Text, nullable=False),
    )
    op.bulk_insert(kinds, [{"id": 1, "name": "a"}, {"id": 2, "name": "b"}])
