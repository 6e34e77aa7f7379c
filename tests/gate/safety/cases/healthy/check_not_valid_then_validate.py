"""The rows are read when writes can pass."""

from alembic import op

BEFORE = "CREATE TABLE items (id int PRIMARY KEY, name text NOT NULL, amount int)"
EXPECTED: list[str] = []


def upgrade() -> None:
    op.execute("ALTER TABLE items ADD CONSTRAINT positive CHECK (amount > 0) NOT VALID")
    with op.get_context().autocommit_block():
        op.execute("ALTER TABLE items VALIDATE CONSTRAINT positive")
