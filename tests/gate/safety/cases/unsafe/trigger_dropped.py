"""A trigger that the app relies on."""

from alembic import op

BEFORE = """
CREATE TABLE items (id int PRIMARY KEY, name text NOT NULL, amount int);
CREATE FUNCTION touch() RETURNS trigger LANGUAGE plpgsql AS
    $$ BEGIN NEW.amount = 7; RETURN NEW; END $$;
CREATE TRIGGER touched BEFORE UPDATE ON items FOR EACH ROW EXECUTE FUNCTION touch()
"""
EXPECTED = ["object-lost"]


def upgrade() -> None:
    op.execute("DROP TRIGGER touched ON items")
