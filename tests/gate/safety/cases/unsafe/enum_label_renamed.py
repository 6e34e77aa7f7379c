"""A label that the previous app writes has another name."""

from alembic import op

BEFORE = """
    CREATE TYPE state AS ENUM ('new', 'paid');
    CREATE TABLE orders (id bigint PRIMARY KEY, state state NOT NULL)
"""
EXPECTED = ["previous-write-fails"]


def upgrade() -> None:
    op.execute("ALTER TYPE state RENAME VALUE 'paid' TO 'settled'")
