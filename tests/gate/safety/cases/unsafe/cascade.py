"""A DELETE of few rows takes many with it."""

from alembic import op

BEFORE = """
CREATE TABLE users (id int PRIMARY KEY);
CREATE TABLE items (id int PRIMARY KEY, user_id int REFERENCES users ON DELETE CASCADE)
"""
EXPECTED = ["large-write"]


def upgrade() -> None:
    op.execute("DELETE FROM users WHERE id IS NOT NULL")
