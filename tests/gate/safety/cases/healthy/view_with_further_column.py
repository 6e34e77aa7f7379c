"""A view with one more column at its end."""

from alembic import op

BEFORE = """
CREATE TABLE items (id int PRIMARY KEY, name text NOT NULL, amount int);
CREATE VIEW cheap AS SELECT id FROM items
"""
EXPECTED: list[str] = []


def upgrade() -> None:
    op.execute("CREATE OR REPLACE VIEW cheap AS SELECT id, name FROM items")
