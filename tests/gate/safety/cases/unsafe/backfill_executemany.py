"""As one executemany."""

import sqlalchemy as sa
from alembic import op

BEFORE = "CREATE TABLE items (id int PRIMARY KEY, name text NOT NULL, amount int)"
EXPECTED = ["large-write"]


def upgrade() -> None:
    bind = op.get_bind()
    keys = [{"key": key} for (key,) in bind.execute(sa.text("SELECT id FROM items"))]
    bind.execute(sa.text("UPDATE items SET amount = 1 WHERE id = :key"), keys)
