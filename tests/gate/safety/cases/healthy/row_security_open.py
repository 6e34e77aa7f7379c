"""A policy that shows all, and then row-level security."""

from alembic import op

BEFORE = "CREATE TABLE items (id int PRIMARY KEY, name text NOT NULL, amount int)"
EXPECTED: list[str] = []


def upgrade() -> None:
    op.execute("CREATE POLICY every ON items USING (true) WITH CHECK (true)")
    op.execute("ALTER TABLE items ENABLE ROW LEVEL SECURITY")
