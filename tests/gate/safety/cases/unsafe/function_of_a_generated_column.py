"""A function that a stored column is computed by gives something else from now on."""

from alembic import op

BEFORE = """
CREATE FUNCTION key_of(name text) RETURNS text IMMUTABLE LANGUAGE sql AS 'SELECT lower(name)';
CREATE TABLE items (
    id int PRIMARY KEY, name text NOT NULL, key text GENERATED ALWAYS AS (key_of(name)) STORED
)
"""
EXPECTED = ["stale-expression"]


def upgrade() -> None:
    op.execute("""
        CREATE OR REPLACE FUNCTION key_of(name text) RETURNS text IMMUTABLE LANGUAGE sql
        AS 'SELECT upper(name)'
    """)
