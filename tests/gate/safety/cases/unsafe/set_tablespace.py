"""A table moves to another tablespace, by way of a copy."""

from alembic import op

BEFORE = "CREATE TABLE items (id int PRIMARY KEY, name text NOT NULL, amount int)"
EXPECTED = ["upgrade-fails"]


def upgrade() -> None:
    op.execute("ALTER TABLE items SET TABLESPACE pg_global")
