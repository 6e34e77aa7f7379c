"""A new table's foreign key locks the one that it refers to."""

from alembic import op

BEFORE = "CREATE TABLE items (id int PRIMARY KEY, name text NOT NULL, amount int)"
EXPECTED = ["no-lock-timeout"]
LOCK_TIMEOUT = False


def upgrade() -> None:
    op.execute("CREATE TABLE parts (id int PRIMARY KEY, item_id int REFERENCES items)")
