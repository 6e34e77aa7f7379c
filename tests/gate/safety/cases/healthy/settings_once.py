"""Rows that may be there already."""

from alembic import op

BEFORE = "CREATE TABLE settings (name text PRIMARY KEY, value text)"
EXPECTED: list[str] = []


def upgrade() -> None:
    op.execute(
        "INSERT INTO settings VALUES ('theme', 'light'), ('limit', '10') ON CONFLICT DO NOTHING"
    )
