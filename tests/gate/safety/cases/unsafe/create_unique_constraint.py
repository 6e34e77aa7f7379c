"""A unique constraint builds its index under ACCESS EXCLUSIVE."""

from alembic import op

BEFORE = "CREATE TABLE items (id int PRIMARY KEY, name text NOT NULL, amount int)"
EXPECTED = ["blocking-index-build"]


def upgrade() -> None:
    op.create_unique_constraint("items_name", "items", ["name"])
