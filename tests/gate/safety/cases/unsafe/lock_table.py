"""LOCK TABLE."""

from alembic import op

BEFORE = "CREATE TABLE items (id int PRIMARY KEY, name text NOT NULL, amount int)"
EXPECTED = ["explicit-lock"]


def upgrade() -> None:
    op.execute("LOCK TABLE items IN EXCLUSIVE MODE")
