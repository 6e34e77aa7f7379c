"""They break the check."""

from alembic import op

BEFORE = """
CREATE TABLE items (id int PRIMARY KEY, amount int);
INSERT INTO items VALUES (1, -1)
"""
EXPECTED = ["upgrade-fails-on-rows"]


def upgrade() -> None:
    op.create_check_constraint("positive", "items", "amount > 0")
