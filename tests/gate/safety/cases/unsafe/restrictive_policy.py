"""A further policy hides rows."""

from alembic import op

BEFORE = """
CREATE TABLE items (id int PRIMARY KEY, name text NOT NULL, amount int);
ALTER TABLE items ENABLE ROW LEVEL SECURITY;
CREATE POLICY every ON items USING (true)
"""
EXPECTED = ["row-security-closed"]


def upgrade() -> None:
    op.execute("CREATE POLICY few ON items AS RESTRICTIVE USING (amount = -77)")
