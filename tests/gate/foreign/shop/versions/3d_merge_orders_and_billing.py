"""merge orders and billing"""

revision = "3d"
down_revision = ("2b", "2c")
branch_labels = None
depends_on = None


def upgrade() -> None:
    pass


def downgrade() -> None:
    pass
