"""A partition with rows is attached without a check."""

from alembic import op

BEFORE = """
    CREATE TABLE events (id bigint NOT NULL, at date NOT NULL) PARTITION BY RANGE (at);
    CREATE TABLE events_new(
        id bigint NOT NULL, at date NOT NULL DEFAULT '2026-05-05'
        CHECK (extract(year FROM at) = 2026))
"""
EXPECTED = ["blocking-scan"]


def upgrade() -> None:
    op.execute("""
        ALTER TABLE events ATTACH PARTITION events_new
        FOR VALUES FROM ('2026-01-01') TO ('2027-01-01')
    """)
