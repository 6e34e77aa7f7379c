"""In batches that are never committed."""

import sqlalchemy as sa
from alembic import op

BEFORE = "CREATE TABLE items (id int PRIMARY KEY, name text NOT NULL, amount int)"
EXPECTED = ["large-write"]


def upgrade() -> None:
    bind = op.get_bind()
    while bind.execute(
        sa.text(
            "UPDATE items SET amount = 1 WHERE id IN ("
            "SELECT id FROM items WHERE amount IS DISTINCT FROM 1 LIMIT 500)"
        )
    ).rowcount:
        pass
