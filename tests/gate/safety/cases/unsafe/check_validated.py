"""A CHECK is checked row by row, under ACCESS EXCLUSIVE."""

from alembic import op

BEFORE = "CREATE TABLE items (id int PRIMARY KEY, name text NOT NULL, amount int)"
EXPECTED = ["blocking-scan"]


def upgrade() -> None:
    op.create_check_constraint("positive", "items", "amount > 0")
