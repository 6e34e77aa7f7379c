"""Who sent the request."""

from typing import Annotated

from fastapi import Depends, Request
from fastapi.security import OAuth2PasswordBearer

from api.auth.errors import Unauthenticated
from api.auth.tokens import read_access_token
from api.database import SessionDep
from api.users.models import User

bearer = OAuth2PasswordBearer("/auth/token", refreshUrl="/auth/refresh", auto_error=False)


async def authenticate(
    request: Request, session: SessionDep, token: Annotated[str | None, Depends(bearer)]
) -> User:
    """Return the user whom the request's access token names.

    Raises:
        Unauthenticated: no token, not a good one, or its user is gone.
    """
    user_id = read_access_token(request.state.settings, token) if token else None
    user = await session.get(User, user_id) if user_id else None
    if user is None:
        raise Unauthenticated("This needs a good access token; get one from /auth/token.")
    return user


# Function scope, because it uses the session, which has it.
CurrentUser = Annotated[User, Depends(authenticate, scope="function")]
