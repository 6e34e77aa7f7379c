"""Readers go on."""

from alembic import op

BEFORE = """
CREATE TABLE items (id int PRIMARY KEY, name text NOT NULL, amount int);
CREATE MATERIALIZED VIEW totals AS SELECT id, amount FROM items;
CREATE UNIQUE INDEX ON totals (id)
"""
EXPECTED: list[str] = []


def upgrade() -> None:
    with op.get_context().autocommit_block():
        op.execute("REFRESH MATERIALIZED VIEW CONCURRENTLY totals")
