"""Dropping a serial column takes the sequence that others use."""

from alembic import op

BEFORE = """
    CREATE TABLE orders (id bigint PRIMARY KEY, number serial);
    CREATE TABLE bills(
        id bigint PRIMARY KEY, number int DEFAULT nextval('orders_number_seq'))
"""
EXPECTED = ["previous-read-fails"]


def upgrade() -> None:
    op.execute("ALTER TABLE orders DROP number CASCADE")
