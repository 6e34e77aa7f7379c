"""And an exclusion constraint."""

from alembic import op

BEFORE = """
CREATE TABLE stays (id int PRIMARY KEY, during int4range);
INSERT INTO stays SELECT n, int4range(n, n + 1) FROM generate_series(1, 2000) AS n
"""
EXPECTED = ["blocking-index-build"]


def upgrade() -> None:
    op.execute("ALTER TABLE stays ADD CONSTRAINT apart EXCLUDE USING gist (during WITH &&)")
