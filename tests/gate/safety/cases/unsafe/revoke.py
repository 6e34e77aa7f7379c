"""A privilege is taken back."""

from alembic import op

BEFORE = """
CREATE TABLE items (id int PRIMARY KEY, name text NOT NULL, amount int);
GRANT SELECT ON items TO PUBLIC
"""
EXPECTED = ["privilege-lost"]


def upgrade() -> None:
    op.execute("REVOKE SELECT ON items FROM PUBLIC")
