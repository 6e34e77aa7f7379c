"""A shorter varchar has each value checked, and cut or refused."""

import sqlalchemy as sa
from alembic import op

BEFORE = """
CREATE TABLE items (id int PRIMARY KEY, name varchar(100));
INSERT INTO items SELECT n, 'name' || n FROM generate_series(1, 2000) AS n
"""
EXPECTED = ["upgrade-fails-on-rows"]


def upgrade() -> None:
    op.alter_column("items", "name", type_=sa.String(50))
