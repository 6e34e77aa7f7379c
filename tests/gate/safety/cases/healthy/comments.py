"""Comments."""

from alembic import op

BEFORE = "CREATE TABLE items (id int PRIMARY KEY, name text NOT NULL, amount int)"
EXPECTED: list[str] = []


def upgrade() -> None:
    op.create_table_comment("items", "what is sold")
    op.alter_column("items", "name", comment="as printed")
