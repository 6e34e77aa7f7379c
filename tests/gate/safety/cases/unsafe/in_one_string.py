"""And each statement of a string of several."""

from alembic import op

BEFORE = "CREATE TABLE items (id int PRIMARY KEY, name text NOT NULL, amount int)"
EXPECTED = ["blocking-index-build", "large-write", "work-under-lock"]


def upgrade() -> None:
    op.execute(
        "ALTER TABLE items ADD COLUMN note text; CREATE INDEX ON items (note); "
        "UPDATE items SET note = name"
    )
