"""An index built CONCURRENTLY would be fine; under an ALTER's lock it is not."""

import sqlalchemy as sa
from alembic import op

BEFORE = "CREATE TABLE items (id int PRIMARY KEY, name text NOT NULL, amount int)"
EXPECTED = ["work-under-lock", "blocking-index-build"]


def upgrade() -> None:
    op.add_column("items", sa.Column("note", sa.Text()))
    op.create_index("items_note", "items", ["note"])
