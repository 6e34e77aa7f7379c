"""Or its argument another name."""

from alembic import op

BEFORE = "CREATE FUNCTION price(item int) RETURNS int LANGUAGE sql AS 'SELECT 1'"
EXPECTED = ["previous-call-fails"]


def upgrade() -> None:
    op.execute("DROP FUNCTION price(int)")
    op.execute("CREATE FUNCTION price(article int) RETURNS int LANGUAGE sql AS 'SELECT 1'")
