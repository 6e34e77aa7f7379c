"""Even a table that is dropped is locked first."""

from alembic import op

BEFORE = "CREATE TABLE items (id int PRIMARY KEY, name text NOT NULL, amount int)"
EXPECTED = ["no-lock-timeout", "previous-read-fails"]
LOCK_TIMEOUT = False


def upgrade() -> None:
    op.execute("DROP TABLE items")
