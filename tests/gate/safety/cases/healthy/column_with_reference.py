"""A new column that refers to another table."""

from alembic import op

BEFORE = """
CREATE TABLE items (id int PRIMARY KEY, name text NOT NULL, amount int);
CREATE TABLE users (id int PRIMARY KEY)
"""
EXPECTED: list[str] = []


def upgrade() -> None:
    op.execute("ALTER TABLE items ADD COLUMN user_id int REFERENCES users")
