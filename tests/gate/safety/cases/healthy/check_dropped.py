"""A demand is dropped."""

from alembic import op

BEFORE = """
CREATE TABLE items (id int PRIMARY KEY, amount int CONSTRAINT positive CHECK (amount > 0))
"""
EXPECTED: list[str] = []


def upgrade() -> None:
    op.drop_constraint("positive", "items")
