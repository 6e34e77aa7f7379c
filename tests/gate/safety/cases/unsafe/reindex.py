"""REINDEX without CONCURRENTLY."""

from alembic import op

BEFORE = "CREATE TABLE items (id int PRIMARY KEY, name text NOT NULL, amount int)"
EXPECTED = ["blocking-index-build"]


def upgrade() -> None:
    op.execute("REINDEX INDEX items_pkey")
