"""billing"""

from alembic import op

revision = "2c"
down_revision = "1a"
branch_labels = ("billing",)
depends_on = None


def upgrade() -> None:
    op.execute("CREATE SCHEMA billing")


def downgrade() -> None:
    op.execute("DROP SCHEMA billing")
