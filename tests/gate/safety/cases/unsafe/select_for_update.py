"""All rows are locked by a SELECT."""

import sqlalchemy as sa
from alembic import op

BEFORE = "CREATE TABLE items (id int PRIMARY KEY, name text NOT NULL, amount int)"
EXPECTED = ["large-write"]


def upgrade() -> None:
    op.get_bind().execute(sa.text("SELECT id FROM items FOR UPDATE")).all()
