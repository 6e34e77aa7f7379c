"""What was made in the same revision can be dropped."""

from alembic import op

BEFORE = "CREATE TABLE items (id int PRIMARY KEY, name text NOT NULL, amount int)"
EXPECTED: list[str] = []


def upgrade() -> None:
    op.execute("CREATE TABLE scratch AS SELECT 1 AS n")
    op.create_index("scratch_n", "scratch", ["n"])
    op.drop_index("scratch_n", "scratch")
    op.drop_table("scratch")
