"""log-ins

Revision 5d0a9b6e3f17, after c41f8e0b7d52.

What was a family of refresh tokens is a log-in, a row of its own, which access tokens name too.
Access tokens from before name none and end; refresh tokens stay good.
"""

import sqlalchemy as sa
from alembic import op

revision = "5d0a9b6e3f17"
down_revision = "c41f8e0b7d52"
branch_labels = None
depends_on = None

check_migrations_accepts = [
    (
        "upgrade-fails-on-rows",
        "revision 5d0a9b6e3f17",
        "the service gives all tokens of a family to one user, which no constraint says",
    ),
]


LOGINS_THERE_ARE = """\
INSERT INTO logins (id, user_id, created_at, expires_at)
SELECT family_id, user_id, min(created_at), max(expires_at)
FROM refresh_tokens GROUP BY family_id, user_id"""

FAMILIES_THERE_ARE = """\
UPDATE refresh_tokens SET user_id = logins.user_id
FROM logins WHERE logins.id = refresh_tokens.family_id"""


def upgrade() -> None:
    op.create_table(
        "logins",
        sa.Column("id", sa.Uuid(), server_default=sa.text("uuidv7()"), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column(
            "created_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["user_id"], ["users.id"], name=op.f("fk_logins_user_id_users"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_logins")),
    )
    op.create_index(op.f("ix_logins_expires_at"), "logins", ["expires_at"])
    op.create_index(op.f("ix_logins_user_id"), "logins", ["user_id"])
    op.execute(LOGINS_THERE_ARE)
    op.alter_column("refresh_tokens", "family_id", new_column_name="login_id")
    op.execute("ALTER INDEX ix_refresh_tokens_family_id RENAME TO ix_refresh_tokens_login_id")
    op.create_foreign_key(
        op.f("fk_refresh_tokens_login_id_logins"),
        "refresh_tokens",
        "logins",
        ["login_id"],
        ["id"],
        ondelete="CASCADE",
    )
    op.drop_column("refresh_tokens", "user_id")
    op.create_table(
        "login_attempts",
        sa.Column("account", sa.LargeBinary(length=32), nullable=False),
        sa.Column("count", sa.Integer(), server_default=sa.text("1"), nullable=False),
        sa.Column("resets_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("account", name=op.f("pk_login_attempts")),
    )
    op.create_index(op.f("ix_login_attempts_resets_at"), "login_attempts", ["resets_at"])


def downgrade() -> None:
    op.drop_table("login_attempts")
    op.drop_constraint(
        op.f("fk_refresh_tokens_login_id_logins"), "refresh_tokens", type_="foreignkey"
    )
    op.execute("ALTER INDEX ix_refresh_tokens_login_id RENAME TO ix_refresh_tokens_family_id")
    op.alter_column("refresh_tokens", "login_id", new_column_name="family_id")
    op.add_column("refresh_tokens", sa.Column("user_id", sa.Uuid(), nullable=True))
    op.execute(FAMILIES_THERE_ARE)
    op.alter_column("refresh_tokens", "user_id", nullable=False)
    op.create_foreign_key(
        op.f("fk_refresh_tokens_user_id_users"),
        "refresh_tokens",
        "users",
        ["user_id"],
        ["id"],
        ondelete="CASCADE",
    )
    op.create_index(op.f("ix_refresh_tokens_user_id"), "refresh_tokens", ["user_id"])
    op.drop_table("logins")
