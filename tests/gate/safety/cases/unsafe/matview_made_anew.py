"""A materialized view is dropped, and computed anew in the same transaction."""

from alembic import op

BEFORE = """
CREATE TABLE items (id int PRIMARY KEY, name text NOT NULL, amount int);
CREATE MATERIALIZED VIEW totals AS SELECT id, amount FROM items
"""
EXPECTED = ["work-under-lock"]


def upgrade() -> None:
    op.execute("DROP MATERIALIZED VIEW totals")
    op.execute("CREATE MATERIALIZED VIEW totals AS SELECT id, amount, name FROM items")
