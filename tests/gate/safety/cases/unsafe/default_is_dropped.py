"""A default is dropped that the previous app relies on."""

from alembic import op

BEFORE = """
    CREATE TABLE orders(
        id bigint PRIMARY KEY, state text NOT NULL, total int NOT NULL, note text);
    ALTER TABLE orders ALTER total SET DEFAULT 0
"""
EXPECTED = ["previous-write-fails"]


def upgrade() -> None:
    op.alter_column("orders", "total", server_default=None)
