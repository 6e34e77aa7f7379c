"""Another name for a schema."""

from alembic import op

BEFORE = "CREATE SCHEMA shop; CREATE TABLE shop.items (id int PRIMARY KEY)"
EXPECTED = ["previous-read-fails"]


def upgrade() -> None:
    op.execute("ALTER SCHEMA shop RENAME TO store")
