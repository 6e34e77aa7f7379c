"""One that refuses them."""

from alembic import op

BEFORE = "CREATE TABLE items (id int PRIMARY KEY, name text NOT NULL, amount int)"
EXPECTED = ["trigger-added", "previous-write-fails"]


def upgrade() -> None:
    op.execute(
        "CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS "
        "$$ BEGIN RAISE 'read only'; END $$"
    )
    op.execute(
        "CREATE TRIGGER refused BEFORE INSERT ON items FOR EACH ROW EXECUTE FUNCTION refuse()"
    )
