"""The table of idempotency keys."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import DateTime, ForeignKey, LargeBinary, String, UniqueConstraint
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from api.columns import Identified
from api.database import Base

USER = "fk_idempotency_keys_user_id_users"


class IdempotencyKey(Identified, Base):
    """A request that was answered, and its answer, kept to be given again."""

    __tablename__ = "idempotency_keys"
    __table_args__ = (
        # Who is not logged in has keys too: those with no user.
        UniqueConstraint("user_id", "key", postgresql_nulls_not_distinct=True),
    )

    user_id: Mapped[UUID | None] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"))
    key: Mapped[str] = mapped_column(String(255))
    # Of the whole request, so that another one with the same key is told from its repetition.
    fingerprint: Mapped[bytes] = mapped_column(LargeBinary(32))
    status: Mapped[int | None]
    headers: Mapped[dict[str, str] | None] = mapped_column(JSONB)
    body: Mapped[bytes | None]
    expires_at: Mapped[datetime] = mapped_column(DateTime(timezone=True), index=True)
