"""A function that an index is made by gives what it gave, in another way."""

from alembic import op

BEFORE = """
CREATE FUNCTION key_of(name text) RETURNS text IMMUTABLE LANGUAGE sql AS 'SELECT lower(name)';
CREATE TABLE items (
    id int PRIMARY KEY, name text NOT NULL CHECK (key_of(name) <> '-'),
    key text GENERATED ALWAYS AS (key_of(name)) STORED
);
CREATE INDEX ON items (key_of(name)) WHERE key_of(name) <> ''
"""
EXPECTED: list[str] = []


def upgrade() -> None:
    op.execute("""
        CREATE OR REPLACE FUNCTION key_of(name text) RETURNS text IMMUTABLE PARALLEL SAFE
        LANGUAGE plpgsql AS 'BEGIN RETURN lower(name); END'
    """)
