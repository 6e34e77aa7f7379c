"""Rows are deleted that another table names."""

from alembic import op

BEFORE = """
CREATE TABLE users (id int PRIMARY KEY);
CREATE TABLE items (id int PRIMARY KEY, user_id int REFERENCES users)
"""
EXPECTED = ["large-write"]


def upgrade() -> None:
    op.execute("DELETE FROM items USING users WHERE items.user_id = users.id")
