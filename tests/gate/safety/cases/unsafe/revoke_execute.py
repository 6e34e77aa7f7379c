"""A function may not be called by everybody."""

from alembic import op

BEFORE = "CREATE FUNCTION price(item int) RETURNS int LANGUAGE sql AS 'SELECT 1'"
EXPECTED = ["privilege-lost"]


def upgrade() -> None:
    op.execute("REVOKE EXECUTE ON FUNCTION price(int) FROM PUBLIC")
