"""Logging in, and staying logged in."""

import hashlib
import secrets
from uuid import UUID, uuid4

from pydantic import TypeAdapter, ValidationError
from sqlalchemy import Text, cast, delete, func, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from api.auth.errors import InvalidCredentials, InvalidRefreshToken
from api.auth.models import RefreshToken
from api.auth.schemas import TokenPair
from api.auth.tokens import issue_access_token
from api.passwords import verify_password
from api.settings import Settings
from api.users.models import User
from api.users.schemas import Email

EMAIL: TypeAdapter[str] = TypeAdapter(Email)


async def log_in(session: AsyncSession, settings: Settings, email: str, password: str) -> TokenPair:
    """Exchange an e-mail address and a password for tokens, the first of a new family.

    Raises:
        InvalidCredentials: there is no such user, or the password is another.
    """
    try:
        address = EMAIL.validate_python(email)
    except ValidationError:
        address = ""  # nobody's, which is found out in the same time as somebody's
    # Locked, so that it is not deleted between this and the token.
    query = select(User).where(User.email == address).with_for_update(read=True, key_share=True)
    user = await session.scalar(query)
    if not await verify_password(user.password_hash if user else None, password) or user is None:
        raise InvalidCredentials("The e-mail address or the password is wrong.")
    return await _issue(session, settings, user.id, family_id=uuid4())


async def refresh(session: AsyncSession, settings: Settings, token: str) -> TokenPair:
    """Exchange a refresh token for new tokens of its family; it is then spent.

    Raises:
        InvalidRefreshToken: it is unknown or expired; or spent, and then its family is deleted.
    """
    mine = RefreshToken.digest == _digest(token)
    # One at a time in a family: a refresh beside the deletion of its family would survive it.
    turn = func.pg_advisory_xact_lock(func.hashtextextended(cast(RefreshToken.family_id, Text), 0))
    await session.execute(select(turn).where(mine))
    # One statement decides, so that of two requests with one token only one gets an answer.
    spend = (
        update(RefreshToken)
        .where(mine, RefreshToken.spent_at.is_(None), RefreshToken.expires_at > func.now())
        .values(spent_at=func.now())
        .returning(RefreshToken.user_id, RefreshToken.family_id)
    )
    spent = (await session.execute(spend)).one_or_none()
    if spent is None:
        stolen = select(RefreshToken.family_id).where(mine, RefreshToken.spent_at.is_not(None))
        await session.execute(
            delete(RefreshToken).where(RefreshToken.family_id.in_(stolen)),
            execution_options={"synchronize_session": False},
        )
        raise InvalidRefreshToken("The refresh token is unknown, spent or expired; log in again.")
    return await _issue(session, settings, spent.user_id, spent.family_id)


async def _issue(
    session: AsyncSession, settings: Settings, user_id: UUID, family_id: UUID
) -> TokenPair:
    token = secrets.token_urlsafe(32)
    session.add(
        RefreshToken(
            digest=_digest(token),
            family_id=family_id,
            user_id=user_id,
            expires_at=func.now() + settings.refresh_token_lifetime,
        )
    )
    await session.flush()
    return TokenPair(
        access_token=issue_access_token(settings, user_id),
        expires_in=int(settings.access_token_lifetime.total_seconds()),
        refresh_token=token,
    )


def _digest(token: str) -> bytes:
    # The token is 256 random bits: a plain hash cannot be reversed by guessing.
    return hashlib.sha256(token.encode(errors="surrogatepass")).digest()
