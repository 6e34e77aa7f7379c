"""What is attached has no index yet as the table has."""

from alembic import op

BEFORE = """
CREATE TABLE events (id int, day date NOT NULL) PARTITION BY RANGE (day);
CREATE INDEX events_day ON events (day);
CREATE TABLE old (id int, day date NOT NULL, CHECK (day >= '2020-01-01' AND day < '2021-01-01'))
"""
EXPECTED = ["blocking-index-build"]


def upgrade() -> None:
    op.execute(
        "ALTER TABLE events ATTACH PARTITION old FOR VALUES FROM ('2020-01-01') TO ('2021-01-01')"
    )
