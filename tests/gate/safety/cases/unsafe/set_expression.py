"""Another expression of a stored generated column."""

from alembic import op

BEFORE = """
CREATE TABLE items (id int PRIMARY KEY, big int GENERATED ALWAYS AS (id * 2) STORED)
"""
NEEDS = 17
EXPECTED = ["table-rewrite"]


def upgrade() -> None:
    op.execute("ALTER TABLE items ALTER COLUMN big SET EXPRESSION AS (id * 10)")
