"""A trigger function is replaced by one that refuses what was allowed."""

from alembic import op

BEFORE = """
    CREATE TABLE orders(
        id bigint PRIMARY KEY, state text NOT NULL, total int NOT NULL, note text);
    CREATE FUNCTION check_it() RETURNS trigger LANGUAGE plpgsql AS
        $$ BEGIN RETURN NEW; END $$;
    CREATE TRIGGER check_it BEFORE INSERT OR UPDATE ON orders
        FOR EACH ROW EXECUTE FUNCTION check_it()
"""
EXPECTED = ["previous-write-fails"]


def upgrade() -> None:
    op.execute("""
        CREATE OR REPLACE FUNCTION check_it() RETURNS trigger LANGUAGE plpgsql AS
        $$ BEGIN RAISE EXCEPTION 'use the new way'; END $$
    """)
