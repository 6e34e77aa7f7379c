"""A foreign key that is only written down."""

from alembic import op

BEFORE = """
CREATE TABLE users (id int PRIMARY KEY);
CREATE TABLE items (id int PRIMARY KEY, user_id int)
"""
NEEDS = 18
EXPECTED: list[str] = []


def upgrade() -> None:
    op.execute(
        "ALTER TABLE items ADD CONSTRAINT owner FOREIGN KEY (user_id) REFERENCES users NOT ENFORCED"
    )
