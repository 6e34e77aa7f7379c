"""One after the other, each in its transaction."""

import sqlalchemy as sa
from alembic import op

BEFORE = """
CREATE TABLE items (id int PRIMARY KEY, name text NOT NULL, amount int);
CREATE TABLE users (id int PRIMARY KEY)
"""
EXPECTED: list[str] = []


def upgrade() -> None:
    op.add_column("items", sa.Column("note", sa.Text()))
    with op.get_context().autocommit_block():
        op.add_column("users", sa.Column("note", sa.Text()))
