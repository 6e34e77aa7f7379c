"""The app may write the same again, as its rows show; a partial index forbids it from now on."""

from alembic import op

BEFORE = "CREATE TABLE items (id int PRIMARY KEY, name text NOT NULL, amount int)"
EXPECTED = ["blocking-index-build"]


def upgrade() -> None:
    op.execute("CREATE UNIQUE INDEX items_name ON items (name) WHERE id > 100000000")
