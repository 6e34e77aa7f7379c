"""An extension is dropped."""

from alembic import op

BEFORE = "CREATE EXTENSION hstore"
EXPECTED = ["object-lost"]


def upgrade() -> None:
    op.execute("DROP EXTENSION hstore")
