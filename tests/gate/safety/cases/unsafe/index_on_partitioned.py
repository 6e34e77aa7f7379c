"""An index of a partitioned table is built in each partition."""

from alembic import op

BEFORE = """
CREATE TABLE events (id int, day date NOT NULL) PARTITION BY RANGE (day);
CREATE TABLE events_all PARTITION OF events DEFAULT
"""
EXPECTED = ["blocking-index-build"]


def upgrade() -> None:
    op.create_index("events_day", "events", ["day"])
