"""A function that rows were checked by asks for more from now on."""

from alembic import op

BEFORE = """
CREATE FUNCTION is_fine(name text) RETURNS bool IMMUTABLE LANGUAGE sql AS 'SELECT true';
CREATE TABLE items (id int PRIMARY KEY, name text NOT NULL CHECK (is_fine(name)))
"""
EXPECTED = ["stale-expression"]


def upgrade() -> None:
    op.execute("""
        CREATE OR REPLACE FUNCTION is_fine(name text) RETURNS bool IMMUTABLE LANGUAGE sql
        AS 'SELECT length(name) > 1000'
    """)
