"""sa.inspect decides whether an index is built, concurrently."""

import sqlalchemy as sa
from alembic import op

BEFORE = """
    CREATE TABLE orders(
        id bigint PRIMARY KEY, state text NOT NULL, total int NOT NULL, note text)
"""
EXPECTED: list[str] = []


def upgrade() -> None:
    found = {index["name"] for index in sa.inspect(op.get_bind()).get_indexes("orders")}
    if "orders_state" not in found:
        with op.get_context().autocommit_block():
            op.create_index(
                "orders_state",
                "orders",
                ["state"],
                postgresql_concurrently=True,
                if_not_exists=True,
            )
