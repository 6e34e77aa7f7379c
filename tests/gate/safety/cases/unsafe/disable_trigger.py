"""Triggers are off while rows are changed."""

from alembic import op

BEFORE = """
CREATE TABLE items (id int PRIMARY KEY, name text NOT NULL, amount int);
CREATE FUNCTION touch() RETURNS trigger LANGUAGE plpgsql AS
    $$ BEGIN RETURN NEW; END $$;
CREATE TRIGGER touched BEFORE UPDATE ON items FOR EACH ROW EXECUTE FUNCTION touch()
"""
EXPECTED = ["triggers-disabled"]


def upgrade() -> None:
    op.execute("ALTER TABLE items DISABLE TRIGGER touched")
    op.execute("ALTER TABLE items ENABLE TRIGGER touched")
