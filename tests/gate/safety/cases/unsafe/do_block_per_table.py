"""A DO block builds indexes by EXECUTE."""

from alembic import op

BEFORE = """
    CREATE TABLE orders(
        id bigint PRIMARY KEY, state text NOT NULL, total int NOT NULL, note text)
"""
EXPECTED = ["blocking-index-build"]


def upgrade() -> None:
    op.execute("DO $$ BEGIN EXECUTE 'CREATE INDEX orders_state ON orders (state)'; END $$")
