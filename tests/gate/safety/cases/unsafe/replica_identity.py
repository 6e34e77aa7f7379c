"""How a table is replicated changes."""

from alembic import op

BEFORE = "CREATE TABLE items (id int PRIMARY KEY, name text NOT NULL, amount int)"
EXPECTED = ["replica-identity-changed"]


def upgrade() -> None:
    op.execute("ALTER TABLE items REPLICA IDENTITY NOTHING")
