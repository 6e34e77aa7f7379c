"""A label is added that nobody uses yet."""

from alembic import op

BEFORE = """
    CREATE TYPE state AS ENUM ('new', 'paid');
    CREATE TABLE orders (id bigint PRIMARY KEY, state state NOT NULL)
"""
EXPECTED: list[str] = []


def upgrade() -> None:
    op.execute("ALTER TYPE state ADD VALUE IF NOT EXISTS 'sent'")
