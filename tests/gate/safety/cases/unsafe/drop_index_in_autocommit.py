"""Also in autocommit."""

from alembic import op

BEFORE = """
CREATE TABLE items (id int PRIMARY KEY, name text NOT NULL, amount int);
CREATE INDEX items_name ON items (name)
"""
EXPECTED = ["blocking-index-drop"]


def upgrade() -> None:
    with op.get_context().autocommit_block():
        op.execute("DROP INDEX items_name")
