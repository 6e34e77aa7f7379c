"""All are, foreign keys too."""

from alembic import op

BEFORE = "CREATE TABLE items (id int PRIMARY KEY, name text NOT NULL, amount int)"
EXPECTED = ["triggers-disabled"]


def upgrade() -> None:
    op.execute("SET LOCAL session_replication_role = replica")
    op.execute("UPDATE items SET amount = 1 WHERE id = 1")
