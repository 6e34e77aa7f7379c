"""Routes for logging in and out."""

from typing import Annotated

from fastapi import APIRouter, Form, Request, Response

from api.auth import service
from api.auth.errors import InvalidCredentials, InvalidRefreshToken, TooManyAttempts
from api.auth.schemas import LogIn, Refresh, TokenPair
from api.database import SessionDep
from api.openapi import answers, link, refusals

router = APIRouter(prefix="/auth", tags=["auth"])

REFRESH_TOKEN = "$response.body#/refresh_token"  # noqa: S105 - where an answer has it

LINKS = {
    "refresh": link("post", "/auth/refresh", body={"refresh_token": REFRESH_TOKEN}),
    "log out": link("post", "/auth/revoke", body={"token": REFRESH_TOKEN}),
}


@router.post(
    "/token",
    responses={**answers(200, links=LINKS), **refusals(InvalidCredentials, TooManyAttempts)},
)
async def log_in(request: Request, response: Response, form: Annotated[LogIn, Form()]) -> TokenPair:
    """Log in with an e-mail address, as `username`, and a password (RFC 6749, section 4.3)."""
    response.headers["Cache-Control"] = "no-store"  # RFC 6749, section 5.1
    state = request.state
    return await service.log_in(
        state.database,
        state.settings,
        state.passwords,
        state.tokens,
        form.username,
        form.password.get_secret_value(),
    )


@router.post("/refresh", responses={**answers(200, links=LINKS), **refusals(InvalidRefreshToken)})
async def refresh(
    request: Request, response: Response, session: SessionDep, body: Refresh
) -> TokenPair:
    """Exchange a refresh token, which is then spent, for new tokens."""
    response.headers["Cache-Control"] = "no-store"
    state, token = request.state, body.refresh_token.get_secret_value()
    return await service.refresh(session, state.settings, state.tokens, token)


@router.post("/revoke")
async def revoke(
    request: Request,
    token: Annotated[str, Form(min_length=1, description="An access token or a refresh token")],
    token_type_hint: Annotated[str | None, Form(description="Not needed")] = None,  # noqa: ARG001
) -> None:
    """Log out: end the log-in of a token, with all tokens that came of it (RFC 7009).

    A token that is unknown, or whose log-in has ended, is no error.
    """
    await service.revoke(request.state.database, request.state.tokens, token)
