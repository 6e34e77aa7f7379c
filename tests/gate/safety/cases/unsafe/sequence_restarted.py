"""A sequence gives numbers again."""

from alembic import op

BEFORE = "CREATE SEQUENCE numbers; SELECT setval('numbers', 500)"
EXPECTED = ["meaning-changes"]


def upgrade() -> None:
    op.execute("ALTER SEQUENCE numbers RESTART WITH 1")
