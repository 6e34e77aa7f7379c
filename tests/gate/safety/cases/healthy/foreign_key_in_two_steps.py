"""A foreign key is made without looking, then validated on its own."""

from alembic import op

BEFORE = """
    CREATE TABLE customers (id bigint PRIMARY KEY);
    CREATE TABLE orders (id bigint PRIMARY KEY, customer_id bigint REFERENCES customers)
"""
EXPECTED: list[str] = []


def upgrade() -> None:
    op.execute("""
        ALTER TABLE orders DROP CONSTRAINT orders_customer_id_fkey,
        ADD CONSTRAINT fk FOREIGN KEY (customer_id)
        REFERENCES customers NOT VALID
    """)
    with op.get_context().autocommit_block():
        op.execute("ALTER TABLE orders VALIDATE CONSTRAINT fk")
