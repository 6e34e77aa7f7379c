"""The same signature, another body."""

from alembic import op

BEFORE = "CREATE FUNCTION price(item int) RETURNS int LANGUAGE sql AS 'SELECT 1'"
EXPECTED: list[str] = []


def upgrade() -> None:
    op.execute("CREATE OR REPLACE FUNCTION price(item int) RETURNS int LANGUAGE sql AS 'SELECT 2'")
