"""SET NOT NULL without a check that proves it."""

from alembic import op

BEFORE = """
    CREATE TABLE orders(
        id bigint PRIMARY KEY, state text NOT NULL, total int NOT NULL, note text)
"""
EXPECTED = ["blocking-scan"]


def upgrade() -> None:
    op.alter_column("orders", "note", nullable=False)
