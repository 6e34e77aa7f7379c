"""A further label."""

from alembic import op

BEFORE = """
CREATE TYPE state AS ENUM ('new', 'old');
CREATE TABLE items (id int PRIMARY KEY, state state)
"""
EXPECTED: list[str] = []


def upgrade() -> None:
    with op.get_context().autocommit_block():
        op.execute("ALTER TYPE state ADD VALUE 'archived'")
