"""Everybody's next transaction is read only."""

import sqlalchemy as sa
from alembic import op

BEFORE = "CREATE TABLE items (id int PRIMARY KEY, name text NOT NULL, amount int)"
EXPECTED = ["previous-write-fails"]


def upgrade() -> None:
    name = op.get_bind().scalar(sa.text("SELECT current_database()"))
    op.execute(f'ALTER DATABASE "{name}" SET default_transaction_read_only = on')
