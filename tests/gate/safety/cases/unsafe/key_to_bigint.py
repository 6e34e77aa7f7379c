"""The key that others refer to."""

import sqlalchemy as sa
from alembic import op

BEFORE = """
CREATE TABLE users (id int PRIMARY KEY);
CREATE TABLE items (id int PRIMARY KEY, user_id int REFERENCES users)
"""
EXPECTED = ["table-rewrite", "blocking-scan"]


def upgrade() -> None:
    op.alter_column("users", "id", type_=sa.BigInteger())
