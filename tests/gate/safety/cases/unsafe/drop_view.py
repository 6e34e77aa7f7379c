"""A view is dropped."""

from alembic import op

BEFORE = """
CREATE TABLE items (id int PRIMARY KEY, name text NOT NULL, amount int);
CREATE VIEW cheap AS SELECT id FROM items WHERE amount < 10
"""
EXPECTED = ["previous-read-fails"]


def upgrade() -> None:
    op.execute("DROP VIEW cheap")
