"""A unique constraint is made anew over more columns."""

from alembic import op

BEFORE = "CREATE TABLE items (id int PRIMARY KEY, name text UNIQUE, amount int)"
EXPECTED = ["blocking-index-build", "previous-write-fails"]


def upgrade() -> None:
    op.execute(
        "ALTER TABLE items DROP CONSTRAINT items_name_key, "
        "ADD CONSTRAINT items_name_key UNIQUE (name, amount)"
    )
