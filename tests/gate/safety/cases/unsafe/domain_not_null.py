"""So does its NOT NULL."""

from alembic import op

BEFORE = """
CREATE DOMAIN email AS text;
CREATE TABLE users (id int PRIMARY KEY, mail email NOT NULL)
"""
EXPECTED = ["blocking-scan"]


def upgrade() -> None:
    op.execute("ALTER DOMAIN email SET NOT NULL")
