"""A materialized view is computed while nobody can read it."""

from alembic import op

BEFORE = """
CREATE TABLE items (id int PRIMARY KEY, name text NOT NULL, amount int);
CREATE MATERIALIZED VIEW totals AS SELECT count(*) AS n FROM items
"""
EXPECTED = ["blocking-refresh"]


def upgrade() -> None:
    op.execute("REFRESH MATERIALIZED VIEW totals")
