"""Some rows for a lookup table in use."""

from alembic import op

BEFORE = "CREATE TABLE plans (id serial PRIMARY KEY, name text)"
EXPECTED: list[str] = []


def upgrade() -> None:
    op.execute("INSERT INTO plans (name) VALUES ('free'), ('paid')")
