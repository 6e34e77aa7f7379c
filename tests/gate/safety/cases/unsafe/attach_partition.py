"""Attaching reads all rows of what is attached, unless a check proves that they belong."""

from alembic import op

BEFORE = """
CREATE TABLE events (id int, day date NOT NULL) PARTITION BY RANGE (day);
CREATE TABLE old (id int, day date NOT NULL);
INSERT INTO old SELECT n, '2020-01-01' FROM generate_series(1, 2000) AS n
"""
EXPECTED = ["blocking-scan"]


def upgrade() -> None:
    op.execute(
        "ALTER TABLE events ATTACH PARTITION old FOR VALUES FROM ('1900-01-01') TO ('2200-01-01')"
    )
