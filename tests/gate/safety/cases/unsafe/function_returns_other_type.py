"""Or returns another type."""

from alembic import op

BEFORE = "CREATE FUNCTION price(item int) RETURNS int LANGUAGE sql AS 'SELECT 1'"
EXPECTED = ["meaning-changes"]


def upgrade() -> None:
    op.execute("DROP FUNCTION price(int)")
    op.execute("CREATE FUNCTION price(item int) RETURNS text LANGUAGE sql AS $$ SELECT 'much' $$")
