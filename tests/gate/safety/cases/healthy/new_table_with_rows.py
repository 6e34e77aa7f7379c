"""A lookup table with its few rows."""

import sqlalchemy as sa
from alembic import op

BEFORE = "CREATE TABLE items (id int PRIMARY KEY, name text NOT NULL, amount int)"
EXPECTED: list[str] = []


def upgrade() -> None:
    plans = op.create_table(
        "plans", sa.Column("id", sa.Integer(), primary_key=True), sa.Column("name", sa.Text())
    )
    op.bulk_insert(plans, [{"id": 1, "name": "free"}, {"id": 2, "name": "paid"}])
