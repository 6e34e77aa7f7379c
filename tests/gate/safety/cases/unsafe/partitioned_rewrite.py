"""All partitions are written anew."""

from alembic import op

BEFORE = """
CREATE TABLE events (id int, day date NOT NULL, amount int) PARTITION BY RANGE (day);
CREATE TABLE events_all PARTITION OF events DEFAULT
"""
EXPECTED = ["table-rewrite"]


def upgrade() -> None:
    op.execute("ALTER TABLE events ALTER COLUMN amount TYPE bigint")
