"""Another collation: indexes are built anew."""

from alembic import op

BEFORE = """
CREATE TABLE items (id int PRIMARY KEY, name text NOT NULL, amount int);
CREATE INDEX items_name ON items (name)
"""
EXPECTED = ["blocking-index-build"]


def upgrade() -> None:
    op.execute('ALTER TABLE items ALTER COLUMN name TYPE text COLLATE "C"')
