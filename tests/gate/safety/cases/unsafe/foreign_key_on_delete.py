"""A foreign key is made anew with another ON DELETE."""

from alembic import op

BEFORE = """
    CREATE TABLE customers (id bigint PRIMARY KEY);
    CREATE TABLE orders(
        id bigint PRIMARY KEY, customer_id bigint CONSTRAINT fk REFERENCES customers)
"""
EXPECTED = ["work-under-lock"]


def upgrade() -> None:
    op.drop_constraint("fk", "orders")
    op.create_foreign_key("fk", "orders", "customers", ["customer_id"], ["id"], ondelete="CASCADE")
