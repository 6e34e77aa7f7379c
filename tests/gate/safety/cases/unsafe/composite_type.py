"""A composite type loses an attribute."""

from alembic import op

BEFORE = """
CREATE TYPE point3 AS (x int, y int, z int);
CREATE FUNCTION origin() RETURNS point3 LANGUAGE sql AS 'SELECT ROW(0, 0, 0)::point3'
"""
EXPECTED = ["previous-call-fails", "object-lost"]


def upgrade() -> None:
    op.execute("ALTER TYPE point3 DROP ATTRIBUTE z")
