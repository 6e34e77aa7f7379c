"""Objects of a mapped class are changed one by one."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.orm import Session

BEFORE = "CREATE TABLE items (id int PRIMARY KEY, name text NOT NULL, amount int)"
EXPECTED = ["large-write"]


def upgrade() -> None:
    table = sa.table("items", sa.column("id"), sa.column("amount"))
    with Session(op.get_bind()) as session:
        for row in session.execute(sa.select(table.c.id)).all():
            session.execute(sa.update(table).where(table.c.id == row.id).values(amount=row.id))
        session.flush()
