"""An index is dropped while reads wait."""

from alembic import op

BEFORE = """
CREATE TABLE items (id int PRIMARY KEY, name text NOT NULL, amount int);
CREATE INDEX items_name ON items (name)
"""
EXPECTED = ["blocking-index-drop"]


def upgrade() -> None:
    op.drop_index("items_name", "items")
