"""A foreign key is made anew with another action."""

from alembic import op

BEFORE = """
CREATE TABLE users (id int PRIMARY KEY);
CREATE TABLE items (id int PRIMARY KEY, user_id int CONSTRAINT owner REFERENCES users)
"""
EXPECTED = ["work-under-lock"]


def upgrade() -> None:
    op.drop_constraint("owner", "items")
    op.create_foreign_key("owner", "items", "users", ["user_id"], ["id"], ondelete="CASCADE")
