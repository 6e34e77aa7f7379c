"""MERGE is a write as well."""

from alembic import op

BEFORE = "CREATE TABLE items (id int PRIMARY KEY, name text NOT NULL, amount int)"
NEEDS = 15
EXPECTED = ["large-write"]


def upgrade() -> None:
    op.execute(
        "MERGE INTO items USING items AS other ON items.id = other.id "
        "WHEN MATCHED THEN UPDATE SET amount = 5"
    )
