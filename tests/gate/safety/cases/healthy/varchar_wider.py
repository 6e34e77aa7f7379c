"""A longer varchar has the same bytes."""

import sqlalchemy as sa
from alembic import op

BEFORE = "CREATE TABLE items (id int PRIMARY KEY, name varchar(50) UNIQUE)"
EXPECTED: list[str] = []


def upgrade() -> None:
    op.alter_column("items", "name", type_=sa.String(100))
