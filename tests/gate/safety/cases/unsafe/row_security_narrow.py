"""Or with one that shows too little."""

from alembic import op

BEFORE = "CREATE TABLE items (id int PRIMARY KEY, name text NOT NULL, amount int)"
EXPECTED = ["row-security-closed"]


def upgrade() -> None:
    op.execute("CREATE POLICY few ON items USING (amount = -77)")
    op.execute("ALTER TABLE items ENABLE ROW LEVEL SECURITY")
