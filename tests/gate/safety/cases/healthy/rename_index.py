"""An index gets another name."""

from alembic import op

BEFORE = """
CREATE TABLE items (id int PRIMARY KEY, name text NOT NULL, amount int);
CREATE INDEX items_name ON items (name)
"""
EXPECTED: list[str] = []


def upgrade() -> None:
    op.execute("ALTER INDEX items_name RENAME TO items_by_name")
