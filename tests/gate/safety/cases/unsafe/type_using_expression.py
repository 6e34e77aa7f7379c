"""A type stays, but each value is computed anew."""

from alembic import op

BEFORE = "CREATE TABLE items (id int PRIMARY KEY, name text NOT NULL, amount int)"
EXPECTED = ["table-rewrite", "meaning-changes"]


def upgrade() -> None:
    op.execute("ALTER TABLE items ALTER COLUMN name TYPE text USING upper(name)")
