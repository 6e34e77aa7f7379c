"""An enum's label is renamed."""

from alembic import op

BEFORE = """
CREATE TYPE state AS ENUM ('new', 'old');
CREATE TABLE items (id int PRIMARY KEY, state state)
"""
EXPECTED = ["previous-write-fails"]


def upgrade() -> None:
    op.execute("ALTER TYPE state RENAME VALUE 'old' TO 'archived'")
