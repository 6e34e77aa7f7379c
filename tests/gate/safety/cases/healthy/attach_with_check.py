"""A valid check proves that the rows belong there."""

from alembic import op

BEFORE = """
CREATE TABLE events (id int, day date NOT NULL) PARTITION BY RANGE (day);
CREATE TABLE old (id int, day date NOT NULL, CHECK (day >= '2020-01-01' AND day < '2021-01-01'))
"""
EXPECTED: list[str] = []


def upgrade() -> None:
    op.execute(
        "ALTER TABLE events ATTACH PARTITION old FOR VALUES FROM ('2020-01-01') TO ('2021-01-01')"
    )
