"""A foreign key that was checked at the end of a transaction is checked at once."""

from alembic import op

BEFORE = """
CREATE TABLE teams (id int PRIMARY KEY, name text);
CREATE TABLE people (
    id int PRIMARY KEY, team int CONSTRAINT its_team REFERENCES teams DEFERRABLE INITIALLY DEFERRED
)
"""
EXPECTED = ["previous-write-fails"]


def upgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '2s'")
    op.execute("ALTER TABLE people ALTER CONSTRAINT its_team NOT DEFERRABLE")
