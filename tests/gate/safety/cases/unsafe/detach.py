"""A partition is detached while reads of the table wait."""

from alembic import op

BEFORE = """
CREATE TABLE events (id int, day date NOT NULL) PARTITION BY RANGE (day);
CREATE TABLE events_all PARTITION OF events DEFAULT
"""
EXPECTED = ["blocking-detach"]


def upgrade() -> None:
    op.execute("ALTER TABLE events DETACH PARTITION events_all")
