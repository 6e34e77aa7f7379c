"""An enum value is used before it is committed."""

from alembic import op

BEFORE = """
CREATE TYPE state AS ENUM ('new', 'old');
CREATE TABLE items (id int PRIMARY KEY, state state)
"""
EXPECTED = ["enum-value-used-at-once"]


def upgrade() -> None:
    op.execute("ALTER TYPE state ADD VALUE 'archived'")
    op.execute("ALTER TABLE items ALTER COLUMN state SET DEFAULT 'archived'")
