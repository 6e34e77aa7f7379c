"""Also in a transaction, as long as it is not used there."""

from alembic import op

BEFORE = """
CREATE TYPE state AS ENUM ('new', 'old');
CREATE TABLE items (id int PRIMARY KEY, state state)
"""
EXPECTED: list[str] = []


def upgrade() -> None:
    op.execute("ALTER TYPE state ADD VALUE 'archived'")
