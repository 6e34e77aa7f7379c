"""What can be done with users."""

from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from typing import Any, NamedTuple
from uuid import UUID

from pydantic import TypeAdapter
from sqlalchemy import (
    Executable,
    Select,
    Uuid,
    bindparam,
    case,
    delete,
    insert,
    literal,
    or_,
    select,
    update,
)
from sqlalchemy.exc import IntegrityError

from api.answers import columns
from api.auth.attempts import account_of, count_attempt, forgive_attempts
from api.auth.dependencies import Caller
from api.auth.models import Login
from api.authorization import CALLER, for_caller, reachable
from api.database import Database, violates
from api.pagination import decode_cursor, encode_cursor
from api.passwords import Passwords
from api.settings import Settings
from api.statements import InSession, Row, Statements
from api.users.errors import (
    AdministratorsOnly,
    EmailTaken,
    QuotaBelowCount,
    UserNotFound,
    WrongPassword,
)
from api.users.models import ITEM_QUOTA, UNIQUE_EMAIL, User
from api.users.schemas import NewUser, UserChanges, UserQuery, UserView

FOR_ADMINISTRATORS = frozenset({"is_admin", "item_quota"})

ORDER = "created"
_ID: TypeAdapter[UUID] = TypeAdapter(UUID)

_COLUMNS = columns(UserView, User)
_this_one = User.id == bindparam("user_id")
_is_reachable = reachable(User.id, CALLER)

_CREATE = (
    insert(User)
    .values(
        email=bindparam("new_email"),
        name=bindparam("new_name"),
        password_hash=bindparam("new_password_hash"),
    )
    .returning(*_COLUMNS)
)
_READ = for_caller(select(*_COLUMNS).where(_this_one, _is_reachable))
_READ_SECRET = for_caller(
    select(User.id, User.email, User.password_hash).where(_this_one, _is_reachable)
)
_READ_CALLER = for_caller(select(User.id, User.is_admin).where(User.id == CALLER.id))
_END_LOGINS = delete(Login).where(Login.user_id == bindparam("user_id")).returning(Login.id)
_DELETE = delete(User).where(_this_one, _is_reachable).returning(User.id)


class UserPage(NamedTuple):
    """A page of users, and the cursor of the next one, if there is one."""

    users: list[Row]
    next_cursor: str | None


async def create_user(statements: Statements, new: NewUser, password_hash: str) -> Row:
    """Sign a person up.

    Raises:
        EmailTaken: there is an account with this e-mail address.
    """
    values = {
        "new_email": new.email,
        "new_name": new.name,
        "new_password_hash": password_hash,
    }
    with _refusing():
        return (await statements.rows(_CREATE, values))[0]


async def list_users(caller: Caller, query: UserQuery) -> UserPage:
    """Return a page of the users whom the caller may see, in the order of their ids.

    Raises:
        InvalidCursor: the cursor is none of this list.
    """
    parameters: dict[str, Any] = {"limit": query.limit + 1, "email": query.email}
    if query.cursor is not None:
        parameters["after"], _ = decode_cursor(query.cursor, ORDER, _ID)
    statement = _page(by_email=query.email is not None, later=query.cursor is not None)
    rows = await caller.read(statement, **parameters)
    if len(rows) <= query.limit:
        return UserPage(rows, None)
    last = rows[query.limit - 1]["id"]
    return UserPage(rows[:-1], encode_cursor(ORDER, last, last))


@cache
def _page(*, by_email: bool, later: bool) -> Select[Any]:
    # What `reachable` says, as a range too: by its "or" alone Postgres would look at every user.
    first, last = literal(UUID(int=0), Uuid), literal(UUID(int=2**128 - 1), Uuid)
    begin = case((CALLER.is_admin, first), else_=CALLER.id)
    end = case((CALLER.is_admin, last), else_=CALLER.id)
    rows = (
        select(*_COLUMNS)
        .where(_is_reachable, User.id.between(begin, end))
        .order_by(User.id)
        .limit(bindparam("limit"))
    )
    if by_email:
        rows = rows.where(User.email == bindparam("email"))
    if later:
        rows = rows.where(User.id > bindparam("after"))
    return for_caller(rows)


async def get_user(caller: Caller, user_id: UUID) -> Row:
    """Return a user.

    Raises:
        UserNotFound: there is no such user, or it is not the caller's to see.
    """
    return await _read(caller, _READ, user_id)


async def change_user(
    caller: Caller,
    database: Database,
    settings: Settings,
    passwords: Passwords,
    user_id: UUID,
    changes: UserChanges,
) -> Row:
    """Change what the changes name of a user; with a new password, all its log-ins end.

    Raises:
        UserNotFound: there is no such user, or it is not the caller's to see.
        WrongPassword: the current password is another than the one that was given.
        TooManyAttempts: it was given wrongly too often.
        AdministratorsOnly: the changes name what only administrators change.
        QuotaBelowCount: the user has more items than the new quota allows.
    """
    given = changes.given()
    if FOR_ADMINISTRATORS & set(given) and not (await caller.read(_READ_CALLER))[0]["is_admin"]:
        raise AdministratorsOnly(
            f"Only administrators change {' and '.join(sorted(FOR_ADMINISTRATORS))}."
        )
    given.pop("current_password", None)
    current_hash = None
    if "password" in given:
        secret = await _read(caller, _READ_SECRET, user_id)
        current_hash = secret["password_hash"]
        if user_id == caller.user_id:
            await _verify_current(database, settings, passwords, secret, changes)
        given["password_hash"] = await passwords.hash(given.pop("password").get_secret_value())
    new = {f"new_{name}": value for name, value in given.items()}
    statement = _change(frozenset(given))
    parameters = {"user_id": user_id, "current_hash": current_hash, **new}
    with _refusing():
        if current_hash is None:
            changed = await caller.rows(statement, **parameters)
        else:
            changed = await _change_password(caller, database, statement, parameters)
    if changed:
        return changed[0]
    await get_user(caller, user_id)
    if FOR_ADMINISTRATORS & set(given):
        raise AdministratorsOnly("You have ceased to be an administrator meanwhile.")
    raise WrongPassword("The password was changed meanwhile.")


async def _change_password(
    caller: Caller, database: Database, statement: Executable, parameters: dict[str, Any]
) -> list[Row]:
    """Change a user and its password, and end all its log-ins."""
    # Two statements, because the second one sees who logged in while the first one waited.
    async with database.session() as session:
        statements = InSession(session)
        changed = await caller.within(statements).rows(statement, **parameters)
        if changed:
            await statements.rows(_END_LOGINS, {"user_id": parameters["user_id"]})
    return changed


async def _verify_current(
    database: Database, settings: Settings, passwords: Passwords, secret: Row, changes: UserChanges
) -> None:
    """Make sure that who changes its own password knows the current one; guesses are limited.

    Raises:
        WrongPassword: it was not given, or is another.
        TooManyAttempts: it was given wrongly too often, here or at a log-in.
    """
    if changes.current_password is None:
        raise WrongPassword("A new password comes with the current one: current_password.")
    account = account_of(secret["email"])
    async with passwords.turn():
        limit, window = settings.login_attempts, settings.login_attempts_window
        await count_attempt(database, account, limit, window)
        given = changes.current_password.get_secret_value()
        if not await passwords.verify(secret["password_hash"], given):
            raise WrongPassword("The current password is another.")
        await forgive_attempts(database, account)


@cache
def _change(names: frozenset[str]) -> Executable:
    """Make the statement that changes these columns; with none of them, nothing changes at all."""
    values: dict[str, Any] = {
        name: bindparam(f"new_{name}", type_=getattr(User, name).type) for name in names
    }
    statement = (
        update(User)
        .where(_this_one, _is_reachable)
        .values(values or {"updated_at": User.updated_at})
        .returning(*_COLUMNS)
    )
    if "password_hash" in names:
        statement = statement.where(User.password_hash == bindparam("current_hash"))
    if FOR_ADMINISTRATORS & names:
        # Still one now. After a wait for the row, only the row itself is looked at anew.
        statement = statement.where(CALLER.is_admin, or_(User.id != CALLER.id, User.is_admin))
    return statement


async def delete_user(caller: Caller, user_id: UUID) -> None:
    """Delete a user, and with it its items and its log-ins.

    Raises:
        UserNotFound: there is no such user, or it is not the caller's to see.
    """
    if not await caller.rows(_DELETE, user_id=user_id):
        await caller.check()
        raise _not_found(user_id)


async def _read(caller: Caller, statement: Executable, user_id: UUID) -> Row:
    found = await caller.read(statement, user_id=user_id)
    if not found:
        raise _not_found(user_id)
    return found[0]


def _not_found(user_id: UUID) -> UserNotFound:
    return UserNotFound(f"There is no user {user_id}.", user_id=user_id)


@contextmanager
def _refusing() -> Iterator[None]:
    try:
        yield
    except IntegrityError as exc:
        if violates(exc, UNIQUE_EMAIL):
            raise EmailTaken("There is an account with this e-mail address.") from None
        if violates(exc, ITEM_QUOTA):
            raise QuotaBelowCount("The user has more items than that.") from None
        raise
