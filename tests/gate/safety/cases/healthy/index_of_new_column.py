"""A column and, after it, its index CONCURRENTLY."""

import sqlalchemy as sa
from alembic import op

BEFORE = "CREATE TABLE items (id int PRIMARY KEY, name text NOT NULL, amount int)"
EXPECTED: list[str] = []


def upgrade() -> None:
    op.add_column("items", sa.Column("note", sa.Text()))
    with op.get_context().autocommit_block():
        op.create_index("items_note", "items", ["note"], postgresql_concurrently=True)
