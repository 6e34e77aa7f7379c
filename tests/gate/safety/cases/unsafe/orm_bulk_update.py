"""Automap and a session write the whole table."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.orm import Session

BEFORE = """
    CREATE TABLE orders(
        id bigint PRIMARY KEY, state text NOT NULL, total int NOT NULL, note text)
"""
EXPECTED = ["large-write"]


def upgrade() -> None:
    orders = sa.Table("orders", sa.MetaData(), autoload_with=op.get_bind())
    with Session(op.get_bind()) as session:
        session.execute(sa.update(orders).values(note="x"))
        session.flush()
