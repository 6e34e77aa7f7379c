"""And so it does here."""

from alembic import op

BEFORE = """
CREATE TABLE items (id int PRIMARY KEY, name text NOT NULL, amount int);
CREATE INDEX items_name ON items (name)
"""
EXPECTED: list[str] = []


def upgrade() -> None:
    with op.get_context().autocommit_block():
        op.drop_index("items_name", "items", postgresql_concurrently=True)
