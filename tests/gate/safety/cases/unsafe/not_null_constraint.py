"""A NOT NULL by name, of Postgres 18."""

from alembic import op

BEFORE = "CREATE TABLE items (id int PRIMARY KEY, name text NOT NULL, amount int)"
NEEDS = 18
EXPECTED = ["blocking-scan"]


def upgrade() -> None:
    op.execute("ALTER TABLE items ADD CONSTRAINT given NOT NULL amount")
