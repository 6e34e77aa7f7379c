"""The tables of log-ins, their refresh tokens, and failed attempts."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import DateTime, ForeignKey, LargeBinary, func, text
from sqlalchemy.orm import Mapped, mapped_column

from api.columns import Identified
from api.database import Base


class Login(Identified, Base):
    """A log-in, which every access and refresh token that came of it names.

    It is looked up with each request: deleted, it ends all of them at once, on every worker.
    """

    __tablename__ = "logins"

    user_id: Mapped[UUID] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"), index=True)
    created_at: Mapped[datetime] = mapped_column(DateTime(timezone=True), server_default=func.now())
    # When its last refresh token does.
    expires_at: Mapped[datetime] = mapped_column(DateTime(timezone=True), index=True)


class RefreshToken(Identified, Base):
    """A refresh token, of which only a digest is kept; each is spent once.

    The tokens of a log-in are a family: when a spent one is shown again, somebody has stolen it,
    and the log-in ends (RFC 9700, section 4.14.2).
    """

    __tablename__ = "refresh_tokens"

    digest: Mapped[bytes] = mapped_column(LargeBinary(32), unique=True)
    login_id: Mapped[UUID] = mapped_column(ForeignKey("logins.id", ondelete="CASCADE"), index=True)
    created_at: Mapped[datetime] = mapped_column(DateTime(timezone=True), server_default=func.now())
    expires_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))
    spent_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))


class LoginAttempts(Base):
    """How often a log-in to an account was tried without success, be there such an account or not.

    Here and not in a worker's memory, so that the limit holds however many workers there are.
    """

    __tablename__ = "login_attempts"

    # A digest of the e-mail address: who reads the table learns nobody's.
    account: Mapped[bytes] = mapped_column(LargeBinary(32), primary_key=True)
    count: Mapped[int] = mapped_column(server_default=text("1"))
    resets_at: Mapped[datetime] = mapped_column(DateTime(timezone=True), index=True)
