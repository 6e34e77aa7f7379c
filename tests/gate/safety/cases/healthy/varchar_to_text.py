"""And text."""

import sqlalchemy as sa
from alembic import op

BEFORE = """
CREATE TABLE items (id int PRIMARY KEY, name varchar(50));
CREATE INDEX items_name ON items (name)
"""
EXPECTED: list[str] = []


def upgrade() -> None:
    op.alter_column("items", "name", type_=sa.Text())
