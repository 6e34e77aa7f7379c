"""Inserts compute a default that fails."""

from alembic import op

BEFORE = "CREATE TABLE items (id int PRIMARY KEY, name text NOT NULL, amount int)"
EXPECTED = ["previous-write-fails"]


def upgrade() -> None:
    op.execute(
        "CREATE FUNCTION next_amount() RETURNS int LANGUAGE plpgsql AS "
        "$$ BEGIN RAISE 'none left'; END $$"
    )
    op.execute("ALTER TABLE items ALTER COLUMN amount SET DEFAULT next_amount()")
