"""A default goes; what is not given is NULL."""

from alembic import op

BEFORE = "CREATE TABLE items (id int PRIMARY KEY, amount int DEFAULT 7)"
EXPECTED = ["meaning-changes"]


def upgrade() -> None:
    op.alter_column("items", "amount", server_default=None)
