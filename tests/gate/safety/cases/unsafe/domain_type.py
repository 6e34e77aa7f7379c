"""A column becomes a domain with a constraint."""

from alembic import op

BEFORE = "CREATE TABLE items (id int PRIMARY KEY, amount int CHECK (amount < 1000000))"
EXPECTED = ["table-rewrite"]


def upgrade() -> None:
    op.execute("CREATE DOMAIN amount AS int CHECK (VALUE < 1000000000)")
    op.execute("ALTER TABLE items ALTER COLUMN amount TYPE amount")
