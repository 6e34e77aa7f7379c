"""Row-level security without a policy shows nothing."""

from alembic import op

BEFORE = "CREATE TABLE items (id int PRIMARY KEY, name text NOT NULL, amount int)"
EXPECTED = ["row-security-closed"]


def upgrade() -> None:
    op.execute("ALTER TABLE items ENABLE ROW LEVEL SECURITY")
