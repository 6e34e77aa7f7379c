"""A generated column is not computed any more."""

from alembic import op

BEFORE = """
CREATE TABLE items (id int PRIMARY KEY, big int GENERATED ALWAYS AS (id * 2) STORED)
"""
EXPECTED = ["meaning-changes"]


def upgrade() -> None:
    op.execute("ALTER TABLE items ALTER COLUMN big DROP EXPRESSION")
