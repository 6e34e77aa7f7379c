"""A policy lets rows be read, and none be written."""

from alembic import op

BEFORE = "CREATE TABLE items (id int PRIMARY KEY, name text NOT NULL, amount int)"
EXPECTED = ["row-security-closed"]


def upgrade() -> None:
    op.execute("CREATE POLICY every ON items FOR SELECT USING (true)")
    op.execute("ALTER TABLE items ENABLE ROW LEVEL SECURITY")
