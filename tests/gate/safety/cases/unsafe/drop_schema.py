"""A schema with all that is in it."""

from alembic import op

BEFORE = "CREATE SCHEMA shop; CREATE TABLE shop.items (id int PRIMARY KEY)"
EXPECTED = ["previous-read-fails", "object-lost"]


def upgrade() -> None:
    op.execute("DROP SCHEMA shop CASCADE")
