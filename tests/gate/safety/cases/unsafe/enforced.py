"""A check is enforced from now on."""

from alembic import op

BEFORE = """
CREATE TABLE users (id int PRIMARY KEY);
CREATE TABLE items (id int PRIMARY KEY, user_id int CONSTRAINT owner REFERENCES users NOT ENFORCED)
"""
NEEDS = 18
EXPECTED = ["blocking-scan"]


def upgrade() -> None:
    op.execute("ALTER TABLE items ALTER CONSTRAINT owner ENFORCED")
