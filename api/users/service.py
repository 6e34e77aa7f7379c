"""What can be done with users."""

from sqlalchemy import delete
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession

from api.auth.models import RefreshToken
from api.database import violates
from api.passwords import hash_password, verify_password
from api.users.errors import EmailTaken, WrongPassword
from api.users.models import User
from api.users.schemas import NewUser, UserChanges


async def create_user(session: AsyncSession, new: NewUser) -> User:
    """Sign a person up.

    Raises:
        EmailTaken: there is an account with this e-mail address.
    """
    password_hash = await hash_password(new.password.get_secret_value())
    user = User(email=new.email, name=new.name, password_hash=password_hash)
    session.add(user)
    try:
        await session.flush()
    except IntegrityError as exc:
        if violates(exc, "uq_users_email"):
            raise EmailTaken("There is an account with this e-mail address.") from None
        raise
    return user


async def change_user(session: AsyncSession, user: User, changes: UserChanges) -> User:
    """Change a user's name, password or both; with a new password, all its log-ins end.

    Raises:
        WrongPassword: the current password is another than the one that was given.
    """
    given = changes.given()
    if "name" in given:
        user.name = changes.name
    if "password" in given:
        current = changes.current_password.get_secret_value()
        if not await verify_password(user.password_hash, current):
            raise WrongPassword("The current password is another.")
        user.password_hash = await hash_password(changes.password.get_secret_value())
        await session.execute(delete(RefreshToken).where(RefreshToken.user_id == user.id))
    await session.flush()
    return user


async def delete_user(session: AsyncSession, user: User) -> None:
    """Delete a user, and with it its items and its refresh tokens."""
    await session.delete(user)
    await session.flush()
