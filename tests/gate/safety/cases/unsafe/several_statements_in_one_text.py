"""Several statements are one string; the second one scans."""

from alembic import op

BEFORE = """
    CREATE TABLE orders(
        id bigint PRIMARY KEY, state text NOT NULL, total int NOT NULL, note text)
"""
EXPECTED = ["work-under-lock"]


def upgrade() -> None:
    op.execute("""
        ALTER TABLE orders ADD amount int;
        ALTER TABLE orders ADD CONSTRAINT positive CHECK (total >= 0);
        COMMENT ON TABLE orders IS 'x'
    """)
