"""A sequence is dropped."""

from alembic import op

BEFORE = "CREATE SEQUENCE numbers"
EXPECTED = ["previous-call-fails"]


def upgrade() -> None:
    op.execute("DROP SEQUENCE numbers")
