"""A view gets a column at its end."""

from alembic import op

BEFORE = """
    CREATE TABLE orders(
        id bigint PRIMARY KEY, state text NOT NULL, total int NOT NULL, note text);
    CREATE VIEW open AS SELECT id, state FROM orders
"""
EXPECTED: list[str] = []


def upgrade() -> None:
    op.execute("CREATE OR REPLACE VIEW open AS SELECT id, state, total FROM orders")
