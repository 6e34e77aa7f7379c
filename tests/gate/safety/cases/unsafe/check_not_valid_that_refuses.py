"""A check that the project's own rows break refuses their like."""

from alembic import op

BEFORE = """
CREATE TABLE items (id int PRIMARY KEY, amount int);
INSERT INTO items SELECT n, -1 FROM generate_series(1, 2000) AS n
"""
EXPECTED = ["previous-write-fails"]


def upgrade() -> None:
    op.execute("ALTER TABLE items ADD CONSTRAINT positive CHECK (amount > 0) NOT VALID")
