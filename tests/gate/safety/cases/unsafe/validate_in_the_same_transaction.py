"""VALIDATE in the transaction of the ADD holds the lock of the ADD."""

from alembic import op

BEFORE = "CREATE TABLE items (id int PRIMARY KEY, name text NOT NULL, amount int)"
EXPECTED = ["work-under-lock"]


def upgrade() -> None:
    op.execute("ALTER TABLE items ADD CONSTRAINT positive CHECK (amount > 0) NOT VALID")
    op.execute("ALTER TABLE items VALIDATE CONSTRAINT positive")
