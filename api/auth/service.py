"""Logging in, staying logged in, and logging out."""

import hashlib
import secrets
from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from pydantic import TypeAdapter, ValidationError
from sqlalchemy import Interval, LargeBinary, bindparam, delete, func, insert, or_, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from api.auth.attempts import account_of, count_attempt
from api.auth.errors import InvalidCredentials, InvalidRefreshToken
from api.auth.models import Login, LoginAttempts, RefreshToken
from api.auth.schemas import TokenPair
from api.auth.tokens import AccessTokens
from api.expiry import expired
from api.passwords import Passwords
from api.settings import Settings
from api.statements import Row, Statements
from api.users.models import User
from api.users.schemas import Email

EMAIL: TypeAdapter[str] = TypeAdapter(Email)

_FIND = select(User.id, User.password_hash).where(User.email == bindparam("address"))


async def log_in(
    statements: Statements,
    settings: Settings,
    passwords: Passwords,
    tokens: AccessTokens,
    email: str,
    password: str,
) -> TokenPair:
    """Exchange an e-mail address and a password for tokens, the first of a new log-in.

    No connection is held while the password is verified. The attempt is counted, and forgiven, in
    the turn to verify it: so of many at once with the right password no more count than have turns.

    Raises:
        InvalidCredentials: there is no such user, or the password is another.
        TooManyAttempts: too many failed before.
        ServiceUnavailable: too many verify a password at once.
    """
    try:
        address = EMAIL.validate_python(email)
    except ValidationError:
        address = ""  # nobody's, which is found out in the same time as somebody's
    account = account_of(address or email)
    async with passwords.turn():
        limit, window = settings.login_attempts, settings.login_attempts_window
        await count_attempt(statements, account, limit, window)
        found = await statements.rows(_FIND, {"address": address})
        user: Row = found[0] if found else {"id": None, "password_hash": None}
        good = await passwords.verify(user["password_hash"], password)
        pair = _NewTokens.of(settings, tokens)
        given = {"of_account": account, "user_id": user["id"], **pair.parameters}
        given["password_hash"] = user["password_hash"]
        opened = await statements.rows(_OPEN, given) if good else []
    if not opened:
        raise InvalidCredentials("The e-mail address or the password is wrong.")
    return pair.sign(user["id"], opened[0]["id"])


async def refresh(
    session: AsyncSession, settings: Settings, tokens: AccessTokens, token: str
) -> TokenPair:
    """Exchange a refresh token for new tokens of its log-in; it is then spent.

    Raises:
        InvalidRefreshToken: it is unknown or expired; or spent, and then its log-in ends.
    """
    mine = RefreshToken.digest == _digest(token)
    its_login = Login.id.in_(select(RefreshToken.login_id).where(mine))
    # One at a time in a log-in: a refresh beside its end would survive it.
    login = await session.scalar(select(Login).where(its_login).with_for_update())
    # One statement decides, so that of two requests with one token only one gets an answer.
    spend = (
        update(RefreshToken)
        .where(mine, RefreshToken.spent_at.is_(None), RefreshToken.expires_at > func.now())
        .values(spent_at=func.now())
        .returning(RefreshToken.id)
    )
    if login is None or await session.scalar(spend) is None:
        stolen = select(RefreshToken.login_id).where(mine, RefreshToken.spent_at.is_not(None))
        await session.execute(delete(Login).where(Login.id.in_(stolen)), execution_options=_BLIND)
        raise InvalidRefreshToken("The refresh token is unknown, spent or expired; log in again.")
    pair = _NewTokens.of(settings, tokens)
    login.expires_at = func.now() + pair.lifetime
    session.add(
        RefreshToken(digest=pair.digest, login_id=login.id, expires_at=func.now() + pair.lifetime)
    )
    await session.flush()
    useless = delete(RefreshToken).where(
        RefreshToken.login_id == login.id, RefreshToken.expires_at < func.now()
    )
    await session.execute(useless, execution_options=_BLIND)
    return pair.sign(login.user_id, login.id)


async def revoke(statements: Statements, tokens: AccessTokens, token: str) -> None:
    """End the log-in of an access or refresh token; one that is unknown changes nothing."""
    claims = tokens.read(token, even_expired=True)
    named = claims.login_id if claims else None
    await statements.rows(_REVOKE, {"login_id": named, "digest": _digest(token)})


# What a statement deletes need not leave the session's objects: none of them is in it.
_BLIND = {"synchronize_session": False}

_digest_given = bindparam("digest", type_=LargeBinary)
_ends = func.now() + bindparam("lifetime", type_=Interval)

# One statement and so one transaction: a log-in, its first token, and the end of what is past.
_login = (
    insert(Login)
    .from_select(
        ["user_id", "expires_at"],
        select(User.id, _ends)
        .where(
            # Neither deleted nor given another password since it was verified.
            User.id == bindparam("user_id"),
            User.password_hash == bindparam("password_hash"),
        )
        # A change of the password waits until this log-in can be seen, and ends it; or this waits
        # for the change, and finds the other password.
        .with_for_update(read=True),
    )
    .returning(Login.id)
    .cte("login")
)
_token = (
    insert(RefreshToken)
    .from_select(["digest", "login_id", "expires_at"], select(_digest_given, _login.c.id, _ends))
    .returning(RefreshToken.id)
    .cte("token")
)
_forgiven = (
    delete(LoginAttempts)
    .where(
        or_(
            LoginAttempts.account == bindparam("of_account"),
            LoginAttempts.account.in_(expired(LoginAttempts.account, LoginAttempts.resets_at)),
        )
    )
    .returning(LoginAttempts.account)
    .cte("forgiven")
)
_forgotten = (
    delete(Login)
    .where(Login.id.in_(expired(Login.id, Login.expires_at)))
    .returning(Login.id)
    .cte("forgotten")
)
_OPEN = select(_login.c.id).add_cte(_token, _forgiven, _forgotten)

_REVOKE = (
    delete(Login)
    .where(
        or_(
            Login.id == bindparam("login_id"),
            Login.id.in_(select(RefreshToken.login_id).where(RefreshToken.digest == _digest_given)),
        )
    )
    .returning(Login.id)
)


@dataclass(frozen=True)
class _NewTokens:
    """A refresh token that is to be stored, and what signs the access token beside it."""

    refresh_token: str
    lifetime: timedelta
    tokens: AccessTokens

    @classmethod
    def of(cls, settings: Settings, tokens: AccessTokens) -> "_NewTokens":
        return cls(secrets.token_urlsafe(32), settings.refresh_token_lifetime, tokens)

    @property
    def digest(self) -> bytes:
        return _digest(self.refresh_token)

    @property
    def parameters(self) -> dict[str, object]:
        return {"digest": self.digest, "lifetime": self.lifetime}

    def sign(self, user_id: UUID, login_id: UUID) -> TokenPair:
        return TokenPair(
            access_token=self.tokens.issue(user_id, login_id),
            expires_in=int(self.tokens.lifetime.total_seconds()),
            refresh_token=self.refresh_token,
        )


def _digest(token: str) -> bytes:
    # The token is 256 random bits: a plain hash cannot be reversed by guessing.
    return hashlib.sha256(token.encode(errors="surrogatepass")).digest()
