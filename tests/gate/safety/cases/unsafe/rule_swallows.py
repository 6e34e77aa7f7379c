"""A rule swallows inserts."""

from alembic import op

BEFORE = "CREATE TABLE items (id int PRIMARY KEY, name text NOT NULL, amount int)"
EXPECTED = ["previous-write-fails", "meaning-changes"]


def upgrade() -> None:
    op.execute("CREATE RULE quiet AS ON INSERT TO items DO INSTEAD NOTHING")
