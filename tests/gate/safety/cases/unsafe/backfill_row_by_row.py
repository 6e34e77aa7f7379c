"""Row by row, in one transaction."""

import sqlalchemy as sa
from alembic import op

BEFORE = "CREATE TABLE items (id int PRIMARY KEY, name text NOT NULL, amount int)"
EXPECTED = ["large-write"]


def upgrade() -> None:
    bind = op.get_bind()
    for (key,) in bind.execute(sa.text("SELECT id FROM items")).all():
        bind.execute(sa.text("UPDATE items SET amount = 1 WHERE id = :id"), {"id": key})
