"""Who sent the request."""

from typing import Annotated
from uuid import UUID

from fastapi import Depends, Request
from fastapi.security import OAuth2PasswordBearer
from sqlalchemy.sql.selectable import ForUpdateArg

from api.auth.errors import Unauthenticated
from api.auth.tokens import read_access_token
from api.database import SAFE_METHODS, SessionDep
from api.users.models import User

NEEDED = "This needs a good access token; get one from /auth/token."

# FOR KEY SHARE: others may change the row meanwhile, but not delete it.
KEY_SHARE = ForUpdateArg(read=True, key_share=True)

bearer = OAuth2PasswordBearer("/auth/token", refreshUrl="/auth/refresh", auto_error=False)


def read_token(request: Request, token: Annotated[str | None, Depends(bearer)]) -> UUID:
    """Return the id of the user whom the request's access token names.

    Raises:
        Unauthenticated: no token, or not a good one.
    """
    user_id = read_access_token(request.state.settings, token) if token else None
    if user_id is None:
        raise Unauthenticated(NEEDED)
    return user_id


async def authenticate(
    request: Request, user_id: Annotated[UUID, Depends(read_token)], session: SessionDep
) -> User:
    """Return the user whom the request's access token names.

    The token is read before the session is opened: who has none takes no connection. For that a
    route declares its user before its session. A request that writes also keeps its user from
    being deleted until it is done.

    Raises:
        Unauthenticated: no token, not a good one, or its user is gone.
    """
    lock = None if request.method in SAFE_METHODS else KEY_SHARE
    user = await session.get(User, user_id, with_for_update=lock)
    if user is None:
        raise Unauthenticated(NEEDED)
    return user


# Function scope, because it uses the session, which has it.
CurrentUser = Annotated[User, Depends(authenticate, scope="function")]
