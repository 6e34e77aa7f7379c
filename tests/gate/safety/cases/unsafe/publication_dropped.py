"""A publication that somebody may be subscribed to."""

from alembic import op

BEFORE = """
CREATE TABLE items (id int PRIMARY KEY, name text NOT NULL, amount int);
CREATE PUBLICATION changes FOR TABLE items
"""
EXPECTED = ["object-lost"]


def upgrade() -> None:
    op.execute("DROP PUBLICATION changes")
