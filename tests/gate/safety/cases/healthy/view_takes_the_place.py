"""A table is renamed, and a view keeps its old name."""

from alembic import op

BEFORE = "CREATE TABLE items (id int PRIMARY KEY, name text NOT NULL, amount int)"
EXPECTED: list[str] = []


def upgrade() -> None:
    op.execute("ALTER TABLE items RENAME TO products")
    op.execute("CREATE VIEW items AS SELECT * FROM products")
