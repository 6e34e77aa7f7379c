"""item versions, quotas and administrators

Revision c41f8e0b7d52, after 90a719c0a25b.

Items get a version and indexes for the orders in which they can be read; the database counts each
user's items, so that a quota holds. Who has more items than the quota keeps them: its quota is as
many.
"""

import sqlalchemy as sa
from alembic import op

revision = "c41f8e0b7d52"
down_revision = "90a719c0a25b"
branch_labels = None
depends_on = None


COUNT_ITEMS = """\
CREATE FUNCTION count_items() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'INSERT' THEN
        UPDATE users SET item_count = item_count + made.number
        FROM (SELECT owner_id, count(*) AS number FROM changed GROUP BY owner_id) AS made
        WHERE users.id = made.owner_id;
    ELSE
        UPDATE users SET item_count = item_count - gone.number
        FROM (SELECT owner_id, count(*) AS number FROM changed GROUP BY owner_id) AS gone
        WHERE users.id = gone.owner_id;
    END IF;
    RETURN NULL;
END $$"""

COUNT_MADE_ITEMS = """\
CREATE TRIGGER count_made_items AFTER INSERT ON items REFERENCING NEW TABLE AS changed
FOR EACH STATEMENT EXECUTE FUNCTION count_items()"""

COUNT_DELETED_ITEMS = """\
CREATE TRIGGER count_deleted_items AFTER DELETE ON items REFERENCING OLD TABLE AS changed
FOR EACH STATEMENT EXECUTE FUNCTION count_items()"""

# After the triggers, whose making waits for writers of items and keeps new ones out: from then on
# each item is counted either here or by them.
COUNT_ITEMS_THERE_ARE = """\
UPDATE users SET item_count = made.number, item_quota = greatest(item_quota, made.number)
FROM (SELECT owner_id, count(*) AS number FROM items GROUP BY owner_id) AS made
WHERE users.id = made.owner_id"""


def upgrade() -> None:
    op.add_column(
        "items", sa.Column("version", sa.Integer(), server_default=sa.text("1"), nullable=False)
    )
    op.create_index("ix_items_owner_id_quantity_id", "items", ["owner_id", "quantity", "id"])
    op.create_index("ix_items_owner_id_updated_at_id", "items", ["owner_id", "updated_at", "id"])
    op.add_column(
        "users",
        sa.Column("is_admin", sa.Boolean(), server_default=sa.text("false"), nullable=False),
    )
    op.add_column(
        "users", sa.Column("item_count", sa.Integer(), server_default=sa.text("0"), nullable=False)
    )
    op.add_column(
        "users",
        sa.Column("item_quota", sa.Integer(), server_default=sa.text("10000"), nullable=False),
    )
    op.execute(COUNT_ITEMS)
    op.execute(COUNT_MADE_ITEMS)
    op.execute(COUNT_DELETED_ITEMS)
    op.execute(COUNT_ITEMS_THERE_ARE)
    op.create_check_constraint(
        op.f("ck_users_item_count_within_quota"), "users", "item_count <= item_quota"
    )


def downgrade() -> None:
    op.execute("DROP TRIGGER count_deleted_items ON items")
    op.execute("DROP TRIGGER count_made_items ON items")
    op.execute("DROP FUNCTION count_items()")
    op.drop_constraint(op.f("ck_users_item_count_within_quota"), "users", type_="check")
    op.drop_column("users", "item_quota")
    op.drop_column("users", "item_count")
    op.drop_column("users", "is_admin")
    op.drop_index("ix_items_owner_id_updated_at_id", table_name="items")
    op.drop_index("ix_items_owner_id_quantity_id", table_name="items")
    op.drop_column("items", "version")
