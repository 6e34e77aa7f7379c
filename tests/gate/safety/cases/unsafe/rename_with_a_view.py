"""A table is renamed, and a view that cannot be written stands in."""

from alembic import op

BEFORE = """
    CREATE TABLE orders(
        id bigint PRIMARY KEY, state text NOT NULL, total int NOT NULL, note text)
"""
EXPECTED = ["previous-write-fails"]


def upgrade() -> None:
    op.rename_table("orders", "purchases")
    op.execute("CREATE VIEW orders AS SELECT DISTINCT * FROM purchases")
