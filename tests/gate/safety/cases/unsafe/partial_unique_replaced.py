"""A total unique index replaces a partial one."""

from alembic import op

BEFORE = """
    CREATE TABLE orders(
        id bigint PRIMARY KEY, state text NOT NULL, total int NOT NULL, note text);
    CREATE UNIQUE INDEX one_open ON orders (total) WHERE state = 'new'
"""
EXPECTED = ["blocking-index-build"]


def upgrade() -> None:
    op.drop_index("one_open", "orders")
    op.create_index("one_open", "orders", ["id", "total"], unique=True)
