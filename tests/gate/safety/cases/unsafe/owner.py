"""A table goes to another role."""

from alembic import op

BEFORE = "CREATE TABLE items (id int PRIMARY KEY, name text NOT NULL, amount int)"
EXPECTED = ["privilege-lost"]


def upgrade() -> None:
    op.execute("ALTER TABLE items OWNER TO pg_monitor")
