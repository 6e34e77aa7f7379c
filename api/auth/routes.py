"""Routes for logging in."""

from typing import Annotated

from fastapi import APIRouter, Depends, Request
from fastapi.security import OAuth2PasswordRequestForm

from api.auth import service
from api.auth.schemas import Refresh, TokenPair
from api.database import SessionDep
from api.passwords import HashingTurn

router = APIRouter(prefix="/auth", tags=["auth"])

Credentials = Annotated[OAuth2PasswordRequestForm, Depends()]


@router.post("/token")
async def log_in(
    request: Request, _: HashingTurn, session: SessionDep, form: Credentials
) -> TokenPair:
    """Log in with an e-mail address, as `username`, and a password (RFC 6749, section 4.3)."""
    return await service.log_in(session, request.state.settings, form.username, form.password)


@router.post("/refresh")
async def refresh(request: Request, session: SessionDep, body: Refresh) -> TokenPair:
    """Exchange a refresh token, which is then spent, for new tokens."""
    token = body.refresh_token.get_secret_value()
    return await service.refresh(session, request.state.settings, token)
