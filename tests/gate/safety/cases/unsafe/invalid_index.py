"""A failed CONCURRENTLY is passed over, and its index stays."""

from contextlib import suppress

import sqlalchemy as sa
from alembic import op

BEFORE = """
CREATE TABLE items (id int PRIMARY KEY, name text, amount int);
INSERT INTO items SELECT n, 'same' FROM generate_series(1, 2000) AS n
"""
EXPECTED = ["invalid-index-left"]


def upgrade() -> None:
    with op.get_context().autocommit_block():
        with suppress(sa.exc.IntegrityError):
            op.execute("CREATE UNIQUE INDEX CONCURRENTLY items_name ON items (name)")
        op.execute("CREATE INDEX CONCURRENTLY IF NOT EXISTS items_amount ON items (amount)")
