"""A GIN index."""

from alembic import op

BEFORE = "CREATE TABLE items (id int PRIMARY KEY, data jsonb NOT NULL)"
EXPECTED = ["blocking-index-build"]


def upgrade() -> None:
    op.create_index("items_data", "items", ["data"], postgresql_using="gin")
