"""An expression's unique index, not CONCURRENTLY."""

from alembic import op

BEFORE = "CREATE TABLE items (id int PRIMARY KEY, name text NOT NULL, amount int)"
EXPECTED = ["blocking-index-build"]


def upgrade() -> None:
    op.execute("CREATE UNIQUE INDEX ON items (lower(name))")
