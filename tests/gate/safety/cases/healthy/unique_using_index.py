"""A finished index is taken over at once."""

from alembic import op

BEFORE = "CREATE TABLE items (id int PRIMARY KEY, name text NOT NULL, amount int)"
EXPECTED: list[str] = []


def upgrade() -> None:
    with op.get_context().autocommit_block():
        op.execute("CREATE UNIQUE INDEX CONCURRENTLY items_name ON items (name)")
    op.execute("ALTER TABLE items ADD CONSTRAINT items_name UNIQUE USING INDEX items_name")
