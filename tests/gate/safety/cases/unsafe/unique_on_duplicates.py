"""The project's own rows have duplicates."""

from alembic import op

BEFORE = """
CREATE TABLE items (id int PRIMARY KEY, name text);
INSERT INTO items SELECT n, 'same' FROM generate_series(1, 10) AS n
"""
EXPECTED = ["upgrade-fails-on-rows", "invalid-index-left"]


def upgrade() -> None:
    with op.get_context().autocommit_block():
        op.execute("CREATE UNIQUE INDEX CONCURRENTLY items_name ON items (name)")
