"""A text column becomes an integer by USING."""

from alembic import op

BEFORE = """
    CREATE TABLE orders (id bigint PRIMARY KEY, state text NOT NULL DEFAULT '1')
"""
EXPECTED = ["table-rewrite"]


def upgrade() -> None:
    op.execute(
        "ALTER TABLE orders ALTER state DROP DEFAULT, ALTER state TYPE int USING length(state)"
    )
