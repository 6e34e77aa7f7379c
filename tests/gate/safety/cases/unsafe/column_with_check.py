"""A new column with a check that no default satisfies without a look."""

from alembic import op

BEFORE = """
CREATE TABLE items (id int PRIMARY KEY, amount int CHECK (amount BETWEEN 1 AND 1000))
"""
EXPECTED = ["blocking-scan"]


def upgrade() -> None:
    op.execute("ALTER TABLE items ADD COLUMN size int DEFAULT 1 CHECK (size < amount + 2000000000)")
