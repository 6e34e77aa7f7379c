"""A foreign key reads the table while writes of both tables wait."""

from alembic import op

BEFORE = """
CREATE TABLE users (id int PRIMARY KEY);
CREATE TABLE items (id int PRIMARY KEY, user_id int)
"""
EXPECTED = ["blocking-scan"]


def upgrade() -> None:
    op.create_foreign_key("owner", "items", "users", ["user_id"], ["id"])
