"""And back."""

from alembic import op

BEFORE = "CREATE UNLOGGED TABLE items (id int PRIMARY KEY, name text)"
EXPECTED = ["table-rewrite"]


def upgrade() -> None:
    op.execute("ALTER TABLE items SET LOGGED")
