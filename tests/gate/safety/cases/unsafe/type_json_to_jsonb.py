"""jsonb is stored in another way than json."""

from alembic import op
from sqlalchemy.dialects import postgresql

BEFORE = "CREATE TABLE items (id int PRIMARY KEY, data json)"
EXPECTED = ["table-rewrite"]


def upgrade() -> None:
    op.alter_column("items", "data", type_=postgresql.JSONB(), postgresql_using="data::jsonb")
