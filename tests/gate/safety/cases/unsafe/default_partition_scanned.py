"""A new partition makes Postgres read the default one."""

from alembic import op

BEFORE = """
    CREATE TABLE events (id bigint NOT NULL, at date NOT NULL) PARTITION BY RANGE (at);
    CREATE TABLE events_rest PARTITION OF events DEFAULT
"""
EXPECTED = ["blocking-scan"]


def upgrade() -> None:
    op.execute("""
        CREATE TABLE events_2199 PARTITION OF events
        FOR VALUES FROM ('2199-01-01') TO ('2199-02-01')
    """)
