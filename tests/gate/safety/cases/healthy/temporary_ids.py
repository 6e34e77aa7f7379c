"""The keys to change are kept aside."""

import sqlalchemy as sa
from alembic import op

BEFORE = "CREATE TABLE items (id int PRIMARY KEY, name text NOT NULL, amount int)"
EXPECTED: list[str] = []


def upgrade() -> None:
    with op.get_context().autocommit_block():
        bind = op.get_bind()
        bind.execute(
            sa.text("CREATE TEMPORARY TABLE keys AS SELECT id FROM items WHERE amount IS NULL")
        )
        while bind.execute(
            sa.text(
                "WITH batch AS (DELETE FROM keys WHERE id IN (SELECT id FROM keys LIMIT 500) "
                "RETURNING id) "
                "UPDATE items SET amount = 1 FROM batch WHERE items.id = batch.id"
            )
        ).rowcount:
            pass
