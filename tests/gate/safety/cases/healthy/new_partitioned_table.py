"""A new table with partitions and indexes."""

from alembic import op

BEFORE = "CREATE TABLE items (id int PRIMARY KEY, name text NOT NULL, amount int)"
EXPECTED: list[str] = []


def upgrade() -> None:
    op.execute(
        "CREATE TABLE events (id bigint GENERATED ALWAYS AS IDENTITY, "
        "day date NOT NULL, item_id int REFERENCES items) "
        "PARTITION BY RANGE (day)"
    )
    op.execute(
        "CREATE TABLE events_2020 PARTITION OF events "
        "FOR VALUES FROM ('2020-01-01') TO ('2021-01-01')"
    )
    op.create_index("events_day", "events", ["day"])
