"""A function that is called by the one that an index is made by."""

from alembic import op

BEFORE = """
CREATE FUNCTION below(name text) RETURNS text IMMUTABLE LANGUAGE sql AS 'SELECT lower(name)';
CREATE FUNCTION key_of(name text) RETURNS text IMMUTABLE LANGUAGE plpgsql
AS 'BEGIN RETURN below(name); END';
CREATE TABLE items (id int PRIMARY KEY, name text NOT NULL, amount int);
CREATE UNIQUE INDEX ON items (key_of(name), id) WHERE key_of(name) <> ''
"""
EXPECTED = ["stale-expression"]


def upgrade() -> None:
    op.execute("""
        CREATE OR REPLACE FUNCTION below(name text) RETURNS text IMMUTABLE LANGUAGE sql
        AS 'SELECT upper(name)'
    """)
