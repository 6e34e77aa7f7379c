"""Nobody uses a new table yet."""

import sqlalchemy as sa
from alembic import op

BEFORE = "CREATE TABLE items (id int PRIMARY KEY, name text NOT NULL, amount int)"
EXPECTED: list[str] = []


def upgrade() -> None:
    op.create_table(
        "parts",
        sa.Column("id", sa.Integer(), primary_key=True),
        sa.Column("name", sa.Text(), index=True),
    )
    op.create_unique_constraint("parts_name", "parts", ["name"])
    op.alter_column("parts", "name", nullable=False)
