"""A text column becomes an enum: written anew, and other words are refused."""

from alembic import op

BEFORE = "CREATE TABLE items (id int PRIMARY KEY, state text NOT NULL)"
EXPECTED = ["table-rewrite"]


def upgrade() -> None:
    op.execute("CREATE TYPE state AS ENUM ('new', 'old')")
    op.execute("ALTER TABLE items ALTER COLUMN state TYPE state USING 'new'::state")
