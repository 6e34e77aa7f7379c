"""An enum is made anew without a label."""

from alembic import op

BEFORE = """
CREATE TYPE state AS ENUM ('new', 'old');
CREATE TABLE items (id int PRIMARY KEY, state state)
"""
EXPECTED = ["table-rewrite", "previous-write-fails"]


def upgrade() -> None:
    op.execute("ALTER TYPE state RENAME TO old_state")
    op.execute("CREATE TYPE state AS ENUM ('new')")
    op.execute("ALTER TABLE items ALTER COLUMN state TYPE state USING 'new'::state")
    op.execute("DROP TYPE old_state")
