"""The table of users."""

from typing import TYPE_CHECKING

from sqlalchemy import String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from api.columns import Dated, Identified
from api.database import Base

if TYPE_CHECKING:
    from api.items.models import Item


class User(Identified, Dated, Base):
    """A person who logs in with an e-mail address and owns items."""

    __tablename__ = "users"

    email: Mapped[str] = mapped_column(String(254), unique=True)
    name: Mapped[str] = mapped_column(String(200))
    password_hash: Mapped[str] = mapped_column(String(200))

    # The database deletes a user's items; loading them by accident, one query a user, is an error.
    items: Mapped[list["Item"]] = relationship(
        back_populates="owner", passive_deletes="all", lazy="raise"
    )
