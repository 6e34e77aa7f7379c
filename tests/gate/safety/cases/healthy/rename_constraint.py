"""A check gets another name."""

from alembic import op

BEFORE = """
CREATE TABLE items (id int PRIMARY KEY, amount int CONSTRAINT positive CHECK (amount > 0))
"""
EXPECTED: list[str] = []


def upgrade() -> None:
    op.execute("ALTER TABLE items RENAME CONSTRAINT positive TO above_zero")
