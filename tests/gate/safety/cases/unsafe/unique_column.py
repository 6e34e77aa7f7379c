"""A new column that is unique."""

from alembic import op

BEFORE = "CREATE TABLE items (id int PRIMARY KEY, name text NOT NULL, amount int)"
EXPECTED = ["blocking-index-build"]


def upgrade() -> None:
    op.execute("ALTER TABLE items ADD COLUMN slug text UNIQUE")
