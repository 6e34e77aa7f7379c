"""Text to uuid."""

from alembic import op

BEFORE = """
CREATE TABLE items (id int PRIMARY KEY, key text NOT NULL);
INSERT INTO items SELECT n, gen_random_uuid()::text FROM generate_series(1, 500) AS n
"""
EXPECTED = ["upgrade-fails-on-rows"]


def upgrade() -> None:
    op.execute("ALTER TABLE items ALTER COLUMN key TYPE uuid USING key::uuid")
