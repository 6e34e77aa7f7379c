"""Text that knows no case."""

from alembic import op

BEFORE = """
CREATE TABLE items (id int PRIMARY KEY, name text NOT NULL, amount int);
CREATE INDEX items_name ON items (name)
"""
EXPECTED = ["blocking-index-build"]


def upgrade() -> None:
    op.execute("CREATE EXTENSION citext")
    op.execute("ALTER TABLE items ALTER COLUMN name TYPE citext")
