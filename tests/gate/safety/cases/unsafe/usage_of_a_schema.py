"""A schema is closed to others."""

from alembic import op

BEFORE = """
CREATE SCHEMA shop;
GRANT USAGE ON SCHEMA shop TO PUBLIC;
CREATE TABLE shop.items (id int PRIMARY KEY)
"""
EXPECTED = ["privilege-lost"]


def upgrade() -> None:
    op.execute("REVOKE USAGE ON SCHEMA shop FROM PUBLIC")
