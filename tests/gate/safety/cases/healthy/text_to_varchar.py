"""And a varchar without a length."""

import sqlalchemy as sa
from alembic import op

BEFORE = "CREATE TABLE items (id int PRIMARY KEY, name text NOT NULL, amount int)"
EXPECTED: list[str] = []


def upgrade() -> None:
    op.alter_column("items", "name", type_=sa.String())
