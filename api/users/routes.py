"""Routes about users; `/users/me` is the one who asks."""

from typing import Annotated, NamedTuple
from uuid import UUID

from fastapi import APIRouter, Depends, Query, Request
from starlette.responses import Response

from api.answers import Json
from api.auth.dependencies import Caller, CallerDep
from api.auth.errors import TooManyAttempts
from api.idempotency.dependencies import OnceForAnyone
from api.idempotency.errors import IdempotencyKeyReused
from api.openapi import answers, link, refusals
from api.pagination import InvalidCursor, link_next
from api.statements import Row
from api.users import service
from api.users.errors import (
    AdministratorsOnly,
    EmailTaken,
    QuotaBelowCount,
    UserNotFound,
    WrongPassword,
)
from api.users.schemas import NewUser, UserChanges, UserPage, UserQuery, UserView

router = APIRouter(prefix="/users", tags=["users"])

SIGNED_UP = {"username": "$request.body#/email", "password": "$request.body#/password"}
THIS_USER = {"user_id": "$response.body#/id"}
USER_LINKS = {
    "read": link("get", "/users/{user_id}", THIS_USER),
    "change": link("patch", "/users/{user_id}", THIS_USER),
    "delete": link("delete", "/users/{user_id}", THIS_USER),
}

CANNOT_CHANGE = refusals(
    AdministratorsOnly, QuotaBelowCount, TooManyAttempts, UserNotFound, WrongPassword
)


class SignUp(NamedTuple):
    """Who signs up, and the hash of its password."""

    new: NewUser
    password_hash: str


async def hash_new_password(request: Request, new: NewUser) -> SignUp:
    """Hash the password of who signs up.

    The route takes the body from here: declared by both, each of its faults would be told twice.
    """
    return SignUp(new, await request.state.passwords.hash(new.password.get_secret_value()))


# Declared before what takes a connection, which is then not held while others hash.
SignUpDep = Annotated[SignUp, Depends(hash_new_password)]


@router.post(
    "",
    status_code=201,
    response_model=UserView,
    responses={
        **answers(201, "Location", links={"log in": link("post", "/auth/token", body=SIGNED_UP)}),
        **refusals(EmailTaken, IdempotencyKeyReused),
    },
)
async def sign_up(asked: SignUpDep, once: OnceForAnyone) -> Response:
    """Sign up; log in at `/auth/token` afterwards."""
    user = await service.create_user(once.statements, asked.new, asked.password_hash)
    return await once.answer(Json(user, 201, {"Location": f"/users/{user['id']}"}))


@router.get(
    "", response_model=UserPage, responses={**answers(200, "Link"), **refusals(InvalidCursor)}
)
async def list_users(
    caller: CallerDep, request: Request, query: Annotated[UserQuery, Query()]
) -> Response:
    """Read a page of users: all of them for an administrator, for others only oneself."""
    page = await service.list_users(caller, query)
    return Json(page._asdict(), headers=link_next(request, page.next_cursor))


@router.get("/me", response_model=UserView, responses=answers(200, links=USER_LINKS))
async def read_me(caller: CallerDep) -> Response:
    """Read the user who asks."""
    return Json(await service.get_user(caller, caller.user_id))


@router.patch("/me", response_model=UserView, responses=CANNOT_CHANGE)
async def change_me(request: Request, caller: CallerDep, changes: UserChanges) -> Response:
    """Change the user who asks, by a JSON Merge Patch; a new password ends all its log-ins."""
    return Json(await _change(request, caller, caller.user_id, changes))


@router.delete("/me", status_code=204)
async def delete_me(caller: CallerDep) -> None:
    """Delete the user who asks, with all that it owns."""
    await service.delete_user(caller, caller.user_id)


@router.get("/{user_id}", response_model=UserView, responses=refusals(UserNotFound))
async def read_user(caller: CallerDep, user_id: UUID) -> Response:
    """Read a user."""
    return Json(await service.get_user(caller, user_id))


@router.patch("/{user_id}", response_model=UserView, responses=CANNOT_CHANGE)
async def change_user(
    request: Request, caller: CallerDep, user_id: UUID, changes: UserChanges
) -> Response:
    """Change a user by a JSON Merge Patch; a new password ends all its log-ins."""
    return Json(await _change(request, caller, user_id, changes))


async def _change(request: Request, caller: Caller, user_id: UUID, changes: UserChanges) -> Row:
    state = request.state
    return await service.change_user(
        caller, state.database, state.settings, state.passwords, user_id, changes
    )


@router.delete("/{user_id}", status_code=204, responses=refusals(UserNotFound))
async def delete_user(caller: CallerDep, user_id: UUID) -> None:
    """Delete a user, with all that it owns."""
    await service.delete_user(caller, user_id)
