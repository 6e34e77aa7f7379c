"""A further function."""

from alembic import op

BEFORE = "CREATE TABLE items (id int PRIMARY KEY, name text NOT NULL, amount int)"
EXPECTED: list[str] = []


def upgrade() -> None:
    op.execute("CREATE FUNCTION price(item int) RETURNS int LANGUAGE sql AS 'SELECT 1'")
