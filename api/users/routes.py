"""Routes about users."""

from uuid import UUID

from fastapi import APIRouter, Response

from api.auth.dependencies import CurrentUser
from api.database import SessionDep
from api.passwords import HashingTurn
from api.users import service
from api.users.errors import UserNotFound
from api.users.models import User
from api.users.schemas import NewUser, UserChanges, UserView

router = APIRouter(prefix="/users", tags=["users"])


@router.post("", status_code=201, response_model=UserView)
async def sign_up(_: HashingTurn, session: SessionDep, new: NewUser, response: Response) -> User:
    """Sign up; log in at `/auth/token` afterwards."""
    user = await service.create_user(session, new)
    response.headers["Location"] = f"/users/{user.id}"
    return user


@router.get("/me", response_model=UserView)
async def read_me(user: CurrentUser) -> User:
    """Read the user who asks."""
    return user


@router.patch("/me", response_model=UserView)
async def change_me(
    _: HashingTurn, user: CurrentUser, session: SessionDep, changes: UserChanges
) -> User:
    """Change the user who asks."""
    return await service.change_user(session, user, changes)


@router.delete("/me", status_code=204)
async def delete_me(user: CurrentUser, session: SessionDep) -> None:
    """Delete the user who asks, with all that it owns."""
    await service.delete_user(session, user)


@router.get("/{user_id}", response_model=UserView)
async def read_user(user: CurrentUser, user_id: UUID) -> User:
    """Read a user; one sees only oneself."""
    if user.id != user_id:
        raise UserNotFound(f"There is no user {user_id}.", user_id=user_id)
    return user
