"""So does a primary key."""

from alembic import op

BEFORE = """
CREATE TABLE items (id int NOT NULL, name text);
INSERT INTO items SELECT n, 'a' FROM generate_series(1, 2000) AS n
"""
EXPECTED = ["blocking-index-build"]


def upgrade() -> None:
    op.create_primary_key("items_pkey", "items", ["id"])
