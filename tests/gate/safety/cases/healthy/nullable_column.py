"""A column that may be NULL is there at once, and the previous app does not know it."""

import sqlalchemy as sa
from alembic import op

BEFORE = "CREATE TABLE items (id int PRIMARY KEY, amount int)"
EXPECTED: list[str] = []


def upgrade() -> None:
    op.add_column("items", sa.Column("note", sa.Text(), nullable=True))
