"""A name leads to another table."""

import sqlalchemy as sa
from alembic import op

BEFORE = "CREATE TABLE items (id int PRIMARY KEY, name text NOT NULL, amount int)"
EXPECTED = ["previous-read-fails"]


def upgrade() -> None:
    bind = op.get_bind()
    name = bind.scalar(sa.text("SELECT current_database()"))
    op.execute("CREATE SCHEMA other")
    op.execute(f'ALTER DATABASE "{name}" SET search_path = other')
