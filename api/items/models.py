"""The table of items."""

from typing import TYPE_CHECKING
from uuid import UUID

from sqlalchemy import (
    DDL,
    CheckConstraint,
    ForeignKey,
    Index,
    String,
    Text,
    UniqueConstraint,
    event,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column, relationship

from api.columns import Dated, Identified
from api.database import Base

if TYPE_CHECKING:
    from api.users.models import User

UNIQUE_NAME = "uq_items_owner_id_name"
OWNER = "fk_items_owner_id_users"


class Item(Identified, Dated, Base):
    """A thing that a user has some number of; its name is unique among its owner's items."""

    __tablename__ = "items"
    __table_args__ = (
        UniqueConstraint("owner_id", "name", name=UNIQUE_NAME),
        CheckConstraint("quantity >= 0", name="quantity_not_negative"),
        # Each serves the pages of one owner's items in an order that one may ask for; that of
        # their names has the unique constraint's index.
        Index("ix_items_owner_id_id", "owner_id", "id"),
        Index("ix_items_owner_id_quantity_id", "owner_id", "quantity", "id"),
        Index("ix_items_owner_id_updated_at_id", "owner_id", "updated_at", "id"),
    )

    owner_id: Mapped[UUID] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"))
    name: Mapped[str] = mapped_column(String(200))
    description: Mapped[str] = mapped_column(Text, server_default="")
    quantity: Mapped[int] = mapped_column(server_default=text("0"))
    # Goes up with each change: what a client saw is what it changes (RFC 9110, section 13.1.1).
    version: Mapped[int] = mapped_column(server_default=text("1"))

    owner: Mapped["User"] = relationship(back_populates="items", lazy="raise")


# A user's items are counted by the database itself, at the end of each statement that makes or
# deletes some, so that the user's quota holds whoever writes them. The revision that added it has
# the same text.
COUNT_ITEMS = [
    """\
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
END $$""",
    """\
CREATE TRIGGER count_made_items AFTER INSERT ON items REFERENCING NEW TABLE AS changed
FOR EACH STATEMENT EXECUTE FUNCTION count_items()""",
    """\
CREATE TRIGGER count_deleted_items AFTER DELETE ON items REFERENCING OLD TABLE AS changed
FOR EACH STATEMENT EXECUTE FUNCTION count_items()""",
]
for statement in COUNT_ITEMS:
    ddl = DDL(statement)  # type: ignore[no-untyped-call]
    event.listen(Item.__table__, "after_create", ddl)
