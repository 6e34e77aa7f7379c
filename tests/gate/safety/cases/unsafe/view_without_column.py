"""A view is made anew without a column."""

from alembic import op

BEFORE = """
CREATE TABLE items (id int PRIMARY KEY, name text NOT NULL, amount int);
CREATE VIEW cheap AS SELECT id, name FROM items
"""
EXPECTED = ["previous-read-fails"]


def upgrade() -> None:
    op.execute("DROP VIEW cheap")
    op.execute("CREATE VIEW cheap AS SELECT id FROM items")
