"""A text column becomes a number: every row is written anew, if it can be."""

from alembic import op

BEFORE = "CREATE TABLE items (id int PRIMARY KEY, name text NOT NULL, amount int)"
EXPECTED = ["table-rewrite"]


def upgrade() -> None:
    op.execute("ALTER TABLE items ALTER COLUMN name TYPE varchar(20) USING left(name, 20)")
