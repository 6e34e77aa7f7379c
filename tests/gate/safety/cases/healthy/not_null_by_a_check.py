"""NOT NULL follows a validated check."""

from alembic import op

BEFORE = """
    CREATE TABLE orders(
        id bigint PRIMARY KEY, state text NOT NULL, total int NOT NULL,
        note text DEFAULT 'x',
        CONSTRAINT given CHECK (note IS NOT NULL))
"""
EXPECTED: list[str] = []


def upgrade() -> None:
    op.alter_column("orders", "note", nullable=False)
    op.drop_constraint("given", "orders")
