"""A raw cursor writes the whole table."""

from alembic import op

BEFORE = """
    CREATE TABLE orders(
        id bigint PRIMARY KEY, state text NOT NULL, total int NOT NULL, note text)
"""
EXPECTED = ["large-write"]


def upgrade() -> None:
    cursor = op.get_bind().connection.cursor()
    cursor.execute("UPDATE orders SET note = 'x'")
