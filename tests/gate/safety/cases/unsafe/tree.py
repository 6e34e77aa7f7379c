"""A table refers to itself."""

from alembic import op

BEFORE = "CREATE TABLE items (id int PRIMARY KEY, parent_id int)"
EXPECTED = ["blocking-scan"]


def upgrade() -> None:
    op.create_foreign_key("parent", "items", "items", ["parent_id"], ["id"], ondelete="CASCADE")
