"""A copy takes the table's place."""

from alembic import op

BEFORE = "CREATE TABLE items (id int PRIMARY KEY, name text NOT NULL, amount int)"
EXPECTED = ["large-write"]


def upgrade() -> None:
    op.execute("CREATE TABLE items_new (LIKE items INCLUDING ALL)")
    op.execute("INSERT INTO items_new SELECT * FROM items")
    op.execute("ALTER TABLE items RENAME TO items_old")
    op.execute("ALTER TABLE items_new RENAME TO items")
