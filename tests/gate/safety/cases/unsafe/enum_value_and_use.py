"""A new label is used in the transaction that adds it."""

from alembic import op

BEFORE = """
    CREATE TYPE state AS ENUM ('new', 'paid');
    CREATE TABLE orders (id bigint PRIMARY KEY, state state NOT NULL)
"""
EXPECTED = ["enum-value-used-at-once"]


def upgrade() -> None:
    op.execute("ALTER TYPE state ADD VALUE 'sent'")
    op.execute("ALTER TABLE orders ALTER state SET DEFAULT 'sent'")
