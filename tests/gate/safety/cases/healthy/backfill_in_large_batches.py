"""Larger than the rows here are many."""

import sqlalchemy as sa
from alembic import op

BEFORE = "CREATE TABLE items (id int PRIMARY KEY, name text NOT NULL, amount int)"
EXPECTED: list[str] = []


def upgrade() -> None:
    with op.get_context().autocommit_block():
        while (
            op.get_bind()
            .execute(
                sa.text(
                    "UPDATE items SET amount = 0 WHERE id IN ("
                    "SELECT id FROM items WHERE amount IS NULL LIMIT 10000)"
                )
            )
            .rowcount
        ):
            pass
