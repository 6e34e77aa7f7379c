"""And those that refer to it."""

from alembic import op

BEFORE = """
CREATE TABLE users (id int PRIMARY KEY);
CREATE TABLE items (id int PRIMARY KEY, user_id int REFERENCES users)
"""
EXPECTED = ["table-truncated"]


def upgrade() -> None:
    op.execute("TRUNCATE users CASCADE")
