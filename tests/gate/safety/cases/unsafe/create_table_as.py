"""As CREATE TABLE AS."""

from alembic import op

BEFORE = "CREATE TABLE items (id int PRIMARY KEY, name text NOT NULL, amount int)"
EXPECTED = ["large-write"]


def upgrade() -> None:
    op.execute("CREATE TABLE items_copy AS SELECT * FROM items")
