"""A sequence is set back."""

from alembic import op

BEFORE = "CREATE TABLE items (id serial PRIMARY KEY, name text)"
EXPECTED = ["previous-write-fails", "meaning-changes"]


def upgrade() -> None:
    op.execute("SELECT setval('items_id_seq', 1)")
