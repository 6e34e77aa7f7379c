"""And so is a WITH."""

from alembic import op

BEFORE = "CREATE TABLE items (id int PRIMARY KEY, name text NOT NULL, amount int)"
EXPECTED = ["large-write"]


def upgrade() -> None:
    op.execute("WITH old AS (UPDATE items SET amount = 3 RETURNING id) SELECT count(*) FROM old")
