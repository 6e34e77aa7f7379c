"""Who sent the request."""

from typing import Annotated, Any
from uuid import UUID

from fastapi import Depends, Request
from fastapi.security import OAuth2PasswordBearer
from sqlalchemy import Executable, select

from api.auth.errors import Unauthenticated
from api.auth.models import Login
from api.auth.tokens import AccessTokens, Claims
from api.authorization import CALLER, for_caller
from api.database import SessionDep
from api.statements import Row, Statements
from api.users.models import User

_WHO = for_caller(select(User.id).where(User.id == CALLER.id))


class Caller:
    """Who sent the request, as its access token says: runs statements in its name.

    The token alone does not tell whether its log-in still lasts. A statement does, which has
    `api.authorization.CALLER` in it: so one round trip both asks that and answers the request.
    """

    def __init__(self, claims: Claims, statements: Statements) -> None:
        """Take what the token says, and what runs the statements."""
        self.user_id: UUID = claims.user_id
        self.login_id: UUID = claims.login_id
        self._claims = claims
        self._statements = statements

    def within(self, statements: Statements) -> "Caller":
        """Return the same caller, whose statements run there."""
        return Caller(self._claims, statements)

    async def rows(self, statement: Executable, **parameters: Any) -> list[Row]:  # noqa: ANN401
        """Run a statement with CALLER in it: no rows may mean that there is none any more."""
        return await self._statements.rows(statement, {"login_id": self.login_id, **parameters})

    async def check(self) -> None:
        """Make sure that the log-in lasts.

        Raises:
            Unauthenticated: it has ended.
        """
        await self.read(_WHO)

    async def read(self, statement: Executable, **parameters: Any) -> list[Row]:  # noqa: ANN401
        """Run a statement that `for_caller` made and return the rows that were asked for.

        Raises:
            Unauthenticated: the log-in has ended.
        """
        rows = await self.rows(statement, **parameters)
        if not rows:
            raise Unauthenticated.because_log_in_ended()
        return [] if rows[0]["id"] is None else rows


class AccessTokenBearer(OAuth2PasswordBearer):
    """Reads the access token of a request: who has none takes no connection."""

    def __init__(self) -> None:
        super().__init__("/auth/token", refreshUrl="/auth/refresh")

    async def __call__(self, request: Request) -> Caller:  # type: ignore[override]
        """Return who sends the request.

        Raises:
            Unauthenticated: no token, or not a good one.
        """
        scheme, _, token = request.headers.get("Authorization", "").partition(" ")
        tokens: AccessTokens = request.state.tokens
        claims = tokens.read(token) if scheme.lower() == "bearer" else None
        if claims is None:
            raise Unauthenticated("This needs a good access token; get one from /auth/token.")
        return Caller(claims, request.state.database)


bearer = AccessTokenBearer()
CallerDep = Annotated[Caller, Depends(bearer)]


async def authenticate(caller: CallerDep, session: SessionDep) -> User:
    """Return the user who sends the request, locked against being deleted until it is done.

    For a route that has a session. The route declares its user before its session: the token is
    then read before a connection is taken.

    Raises:
        Unauthenticated: no token, not a good one, or its log-in has ended.
    """
    mine = (
        select(User)
        .join(Login, Login.user_id == User.id)
        .where(User.id == caller.user_id, Login.id == caller.login_id)
        .with_for_update(read=True, key_share=True, of=User)
    )
    user = await session.scalar(mine)
    if user is None:
        raise Unauthenticated.because_log_in_ended()
    return user


# Function scope, because it uses the session, which has it.
CurrentUser = Annotated[User, Depends(authenticate, scope="function")]
