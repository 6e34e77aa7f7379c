"""An index is built while writes wait."""

from alembic import op

BEFORE = "CREATE TABLE items (id int PRIMARY KEY, name text NOT NULL, amount int)"
EXPECTED = ["blocking-index-build"]


def upgrade() -> None:
    op.create_index("items_name", "items", ["name"])
