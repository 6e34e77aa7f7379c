"""The table of users."""

from typing import TYPE_CHECKING

from sqlalchemy import CheckConstraint, String, false, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from api.columns import Dated, Identified
from api.database import Base

if TYPE_CHECKING:
    from api.items.models import Item

UNIQUE_EMAIL = "uq_users_email"
ITEM_QUOTA = "ck_users_item_count_within_quota"


class User(Identified, Dated, Base):
    """A person who logs in with an e-mail address and owns items."""

    __tablename__ = "users"
    __table_args__ = (
        # Whoever makes an item counts it here (see api/items/models.py), so this holds whatever
        # happens at the same time.
        CheckConstraint("item_count <= item_quota", name="item_count_within_quota"),
    )

    email: Mapped[str] = mapped_column(String(254), unique=True)
    name: Mapped[str] = mapped_column(String(200))
    password_hash: Mapped[str] = mapped_column(String(200))
    is_admin: Mapped[bool] = mapped_column(server_default=false())
    item_count: Mapped[int] = mapped_column(server_default=text("0"))
    item_quota: Mapped[int] = mapped_column(server_default=text("10000"))

    # The database deletes a user's items; loading them by accident, one query a user, is an error.
    items: Mapped[list["Item"]] = relationship(
        back_populates="owner", passive_deletes="all", lazy="raise"
    )
