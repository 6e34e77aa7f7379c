"""What a DO block does is seen too."""

from alembic import op

BEFORE = "CREATE TABLE items (id int PRIMARY KEY, name text NOT NULL, amount int)"
EXPECTED = ["table-rewrite"]


def upgrade() -> None:
    op.execute("DO $$ BEGIN EXECUTE 'ALTER TABLE items ALTER COLUMN amount TYPE bigint'; END $$")
