"""char(n) is padded, text is not."""

from alembic import op

BEFORE = "CREATE TABLE items (id int PRIMARY KEY, code char(8))"
EXPECTED = ["table-rewrite"]


def upgrade() -> None:
    op.execute("ALTER TABLE items ALTER COLUMN code TYPE varchar(12) USING trim(code)")
