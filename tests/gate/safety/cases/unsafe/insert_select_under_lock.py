"""A table is moved by INSERT SELECT after an ALTER."""

from alembic import op

BEFORE = """
    CREATE TABLE orders(
        id bigint PRIMARY KEY, state text NOT NULL, total int NOT NULL, note text);
    CREATE TABLE copies (LIKE orders)
"""
EXPECTED = ["work-under-lock"]


def upgrade() -> None:
    op.execute("ALTER TABLE orders ADD moved boolean")
    op.execute("INSERT INTO copies SELECT id, state, total, note FROM orders")
