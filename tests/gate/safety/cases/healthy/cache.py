"""A sequence hands out more at once."""

from alembic import op

BEFORE = "CREATE SEQUENCE numbers"
EXPECTED: list[str] = []


def upgrade() -> None:
    op.execute("ALTER SEQUENCE numbers CACHE 20")
