"""All rows are read in Python, under the ALTER's lock."""

import sqlalchemy as sa
from alembic import op

BEFORE = "CREATE TABLE items (id int PRIMARY KEY, name text NOT NULL, amount int)"
EXPECTED = ["work-under-lock"]


def upgrade() -> None:
    op.add_column("items", sa.Column("note", sa.Text()))
    op.get_bind().execute(sa.text("SELECT id, name FROM items")).all()
