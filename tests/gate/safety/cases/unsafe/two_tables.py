"""Two tables are locked, one after the other."""

import sqlalchemy as sa
from alembic import op

BEFORE = """
CREATE TABLE items (id int PRIMARY KEY, name text NOT NULL, amount int);
CREATE TABLE users (id int PRIMARY KEY)
"""
EXPECTED = ["several-tables-locked"]


def upgrade() -> None:
    op.add_column("items", sa.Column("note", sa.Text()))
    op.add_column("users", sa.Column("note", sa.Text()))
