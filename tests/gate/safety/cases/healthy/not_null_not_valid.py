"""As Postgres 18 has it."""

from alembic import op

BEFORE = "CREATE TABLE items (id int PRIMARY KEY, name text NOT NULL, amount int)"
NEEDS = 18
EXPECTED: list[str] = []


def upgrade() -> None:
    op.execute("ALTER TABLE items ADD CONSTRAINT given NOT NULL amount NOT VALID")
    with op.get_context().autocommit_block():
        op.execute("ALTER TABLE items VALIDATE CONSTRAINT given")
