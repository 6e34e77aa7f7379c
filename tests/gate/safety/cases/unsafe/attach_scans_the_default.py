"""The default partition is read too, for rows that belong to the new one."""

from alembic import op

BEFORE = """
CREATE TABLE events (id int, day date NOT NULL) PARTITION BY RANGE (day);
CREATE TABLE events_rest PARTITION OF events DEFAULT;
INSERT INTO events SELECT n, '2020-01-01' FROM generate_series(1, 2000) AS n
"""
EXPECTED = ["blocking-scan"]


def upgrade() -> None:
    op.execute(
        "CREATE TABLE events_2300 PARTITION OF events "
        "FOR VALUES FROM ('2300-01-01') TO ('2301-01-01')"
    )
