"""A statement fails anywhere."""

from alembic import op

BEFORE = "CREATE TABLE items (id int PRIMARY KEY, name text NOT NULL, amount int)"
EXPECTED = ["upgrade-fails"]


def upgrade() -> None:
    op.execute("ALTER TABLE itemz ADD COLUMN note text")
