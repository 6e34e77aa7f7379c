"""A domain's new check reads every table that uses it."""

from alembic import op

BEFORE = "CREATE DOMAIN email AS text; CREATE TABLE users (id int PRIMARY KEY, mail email)"
EXPECTED = ["blocking-scan"]


def upgrade() -> None:
    op.execute("ALTER DOMAIN email ADD CHECK (VALUE <> 'nobody@example.org')")
