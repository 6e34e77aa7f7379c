"""A new table is filled from an old one while it is locked."""

from alembic import op

BEFORE = """
    CREATE TABLE orders(
        id bigint PRIMARY KEY, state text NOT NULL, total int NOT NULL, note text)
"""
EXPECTED = ["work-under-lock"]


def upgrade() -> None:
    op.execute("ALTER TABLE orders ADD copied boolean")
    op.execute("CREATE TABLE archive AS SELECT * FROM orders")
