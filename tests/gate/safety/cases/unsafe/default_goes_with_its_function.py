"""A default is dropped with the function that it calls."""

from alembic import op

BEFORE = """
CREATE FUNCTION code() RETURNS text LANGUAGE sql AS $$ SELECT 'x' $$;
CREATE TABLE items (id int PRIMARY KEY, code text DEFAULT code())
"""
EXPECTED = ["meaning-changes", "previous-call-fails"]


def upgrade() -> None:
    op.execute("DROP FUNCTION code() CASCADE")
