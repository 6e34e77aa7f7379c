"""A view is made anew and lacks a column."""

from alembic import op

BEFORE = """
    CREATE TABLE orders(
        id bigint PRIMARY KEY, state text NOT NULL, total int NOT NULL, note text);
    CREATE VIEW open AS SELECT id, state, total FROM orders
"""
EXPECTED = ["previous-read-fails"]


def upgrade() -> None:
    op.execute("DROP VIEW open")
    op.execute("CREATE VIEW open AS SELECT id, state FROM orders")
