"""SET NOT NULL reads all rows while nobody can read them."""

from alembic import op

BEFORE = "CREATE TABLE items (id int PRIMARY KEY, name text NOT NULL, amount int)"
EXPECTED = ["blocking-scan"]


def upgrade() -> None:
    op.alter_column("items", "amount", nullable=False)
