"""A partition for days to come."""

from alembic import op

BEFORE = """
CREATE TABLE events (id int, day date NOT NULL) PARTITION BY RANGE (day);
CREATE TABLE events_2020 PARTITION OF events FOR VALUES FROM ('2020-01-01') TO ('2021-01-01')
"""
EXPECTED: list[str] = []


def upgrade() -> None:
    op.execute(
        "CREATE TABLE events_2300 PARTITION OF events "
        "FOR VALUES FROM ('2300-01-01') TO ('2301-01-01')"
    )
