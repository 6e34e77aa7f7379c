"""An enum is replaced by a new one, by USING."""

from alembic import op

BEFORE = """
    CREATE TYPE state AS ENUM ('new', 'paid');
    CREATE TABLE orders (id bigint PRIMARY KEY, state state NOT NULL)
"""
EXPECTED = ["table-rewrite"]


def upgrade() -> None:
    op.execute("ALTER TYPE state RENAME TO state_old")
    op.execute("CREATE TYPE state AS ENUM ('new', 'paid', 'sent')")
    op.execute("ALTER TABLE orders ALTER state TYPE state USING state::text::state")
    op.execute("DROP TYPE state_old")
