"""A column's does: inserts collide."""

from alembic import op

BEFORE = "CREATE TABLE items (id serial PRIMARY KEY, name text NOT NULL)"
EXPECTED = ["meaning-changes"]


def upgrade() -> None:
    op.execute("ALTER SEQUENCE items_id_seq RESTART WITH 1")
