"""By ranges of the key."""

import sqlalchemy as sa
from alembic import op

BEFORE = """
CREATE TABLE items (id int PRIMARY KEY CHECK (id BETWEEN 1 AND 100000), amount int)
"""
EXPECTED: list[str] = []


def upgrade() -> None:
    with op.get_context().autocommit_block():
        bind = op.get_bind()
        last = bind.scalar(sa.text("SELECT max(id) FROM items"))
        step = max(last // 50, 1)
        for first in range(0, last + 1, step):
            bind.execute(
                sa.text("UPDATE items SET amount = 1 WHERE id >= :first AND id < :next"),
                {"first": first, "next": first + step},
            )
            if first > 50 * step:
                break
