"""A function that alters."""

from alembic import op

BEFORE = "CREATE TABLE items (id int PRIMARY KEY, name text NOT NULL, amount int)"
EXPECTED = ["table-rewrite"]


def upgrade() -> None:
    op.execute(
        "CREATE FUNCTION widen() RETURNS void LANGUAGE plpgsql AS "
        "$$ BEGIN ALTER TABLE items ALTER COLUMN amount TYPE bigint; END $$"
    )
    op.execute("SELECT widen()")
