"""Columns that tables of ours have in common."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import DateTime, func
from sqlalchemy.orm import Mapped, mapped_column


class Identified:
    """A row with an id that sorts by time (UUIDv7, RFC 9562 section 5.7), made by Postgres 18."""

    id: Mapped[UUID] = mapped_column(primary_key=True, server_default=func.uuidv7(), sort_order=-1)


class Dated:
    """A row that knows when it was made and last changed, by the database's clock."""

    created_at: Mapped[datetime] = mapped_column(
        DateTime(timezone=True), server_default=func.now(), sort_order=1
    )
    # The clock and not the start of the transaction: a change that had to wait for another one is
    # then dated after it.
    updated_at: Mapped[datetime] = mapped_column(
        DateTime(timezone=True),
        server_default=func.now(),
        onupdate=func.clock_timestamp(),
        sort_order=2,
    )
