"""A loop that commits itself."""

from alembic import op

BEFORE = "CREATE TABLE items (id int PRIMARY KEY, name text NOT NULL, amount int)"
EXPECTED: list[str] = []


def upgrade() -> None:
    with op.get_context().autocommit_block():
        op.execute(
            "DO $$ BEGIN LOOP UPDATE items SET amount = 1 WHERE id IN ("
            "SELECT id FROM items WHERE amount IS DISTINCT FROM 1 LIMIT 90); "
            "EXIT WHEN NOT FOUND; COMMIT; END LOOP; END $$"
        )
