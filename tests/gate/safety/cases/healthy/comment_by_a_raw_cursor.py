"""A raw cursor does what is harmless."""

from alembic import op

BEFORE = """
    CREATE TABLE orders(
        id bigint PRIMARY KEY, state text NOT NULL, total int NOT NULL, note text)
"""
EXPECTED: list[str] = []


def upgrade() -> None:
    cursor = op.get_bind().connection.cursor()
    cursor.execute("COMMENT ON TABLE orders IS 'all of them'")
