"""A default goes that inserts relied on."""

from alembic import op

BEFORE = "CREATE TABLE items (id int PRIMARY KEY, state text NOT NULL DEFAULT 'new')"
EXPECTED = ["previous-write-fails"]


def upgrade() -> None:
    op.alter_column("items", "state", server_default=None)
