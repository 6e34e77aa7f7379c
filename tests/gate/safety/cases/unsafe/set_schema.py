"""Or moved to another schema."""

from alembic import op

BEFORE = "CREATE TABLE items (id int PRIMARY KEY, name text NOT NULL, amount int)"
EXPECTED = ["previous-read-fails"]


def upgrade() -> None:
    op.execute("CREATE SCHEMA archive")
    op.execute("ALTER TABLE items SET SCHEMA archive")
