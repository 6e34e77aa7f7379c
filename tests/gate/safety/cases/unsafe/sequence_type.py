"""A sequence gets another type."""

from alembic import op

BEFORE = "CREATE SEQUENCE numbers AS int"
EXPECTED = ["sequence-type-changed"]


def upgrade() -> None:
    op.execute("ALTER SEQUENCE numbers AS bigint")
