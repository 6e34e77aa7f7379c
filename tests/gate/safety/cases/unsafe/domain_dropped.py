"""A type goes with what uses it."""

from alembic import op

BEFORE = """
CREATE TYPE mood AS ENUM ('good');
CREATE TABLE items (id int PRIMARY KEY, mood mood)
"""
EXPECTED = ["previous-read-fails"]


def upgrade() -> None:
    op.execute("DROP TYPE mood CASCADE")
