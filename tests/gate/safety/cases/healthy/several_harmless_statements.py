"""Several harmless statements in a string."""

from alembic import op

BEFORE = """
    CREATE TABLE orders(
        id bigint PRIMARY KEY, state text NOT NULL, total int NOT NULL, note text)
"""
EXPECTED: list[str] = []


def upgrade() -> None:
    op.execute("COMMENT ON TABLE orders IS 'a'; COMMENT ON COLUMN orders.id IS 'b;'")
