"""The table of items."""

from typing import TYPE_CHECKING
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from api.columns import Dated, Identified
from api.database import Base

if TYPE_CHECKING:
    from api.users.models import User

UNIQUE_NAME = "uq_items_owner_id_name"


class Item(Identified, Dated, Base):
    """A thing that a user has some number of; its name is unique among its owner's items."""

    __tablename__ = "items"
    __table_args__ = (
        UniqueConstraint("owner_id", "name", name=UNIQUE_NAME),
        CheckConstraint("quantity >= 0", name="quantity_not_negative"),
        # Serves a page of one owner's items in the order of their ids.
        Index("ix_items_owner_id_id", "owner_id", "id"),
    )

    owner_id: Mapped[UUID] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"))
    name: Mapped[str] = mapped_column(String(200))
    description: Mapped[str] = mapped_column(Text, server_default="")
    quantity: Mapped[int] = mapped_column(server_default=text("0"))

    owner: Mapped["User"] = relationship(back_populates="items", lazy="raise")
