"""The limit on failed log-ins to one account, kept in Postgres: it holds across workers."""

import hashlib
from datetime import timedelta

from sqlalchemy import Interval, bindparam, case, delete, func
from sqlalchemy.dialects.postgresql import insert

from api.auth.errors import TooManyAttempts
from api.auth.models import LoginAttempts
from api.statements import Statements

_new = insert(LoginAttempts).values(
    account=bindparam("of_account"), resets_at=func.now() + bindparam("window", type_=Interval)
)
_is_over = LoginAttempts.resets_at <= func.now()
_COUNT = _new.on_conflict_do_update(
    index_elements=[LoginAttempts.account],
    set_={
        "count": case((_is_over, 1), else_=LoginAttempts.count + 1),
        "resets_at": case((_is_over, _new.excluded.resets_at), else_=LoginAttempts.resets_at),
    },
).returning(
    LoginAttempts.count,
    func.ceil(func.extract("epoch", LoginAttempts.resets_at - func.now())).label("seconds"),
)


_FORGIVE = (
    delete(LoginAttempts)
    .where(LoginAttempts.account == bindparam("of_account"))
    .returning(LoginAttempts.account)
)


def account_of(address: str) -> bytes:
    """Return the name under which the attempts to log in with this e-mail address are counted."""
    return hashlib.sha256(address.encode(errors="surrogatepass")).digest()


async def count_attempt(
    statements: Statements, account: bytes, limit: int, window: timedelta
) -> None:
    """Count an attempt before it is known whether it fails; one that succeeds deletes the count.

    Counted afterwards, any number of guesses sent at once would all be let in.

    Raises:
        TooManyAttempts: `limit` attempts were counted within the window, which began with the
            first of them.
    """
    [attempts] = await statements.rows(_COUNT, {"of_account": account, "window": window})
    if attempts["count"] > limit:
        seconds = int(attempts["seconds"])
        raise TooManyAttempts(
            f"Log-ins to this account failed too often; try again in {seconds} seconds.",
            headers={"Retry-After": str(seconds)},
        )


async def forgive_attempts(statements: Statements, account: bytes) -> None:
    """Forget the attempts that were counted, as one of them was right."""
    await statements.rows(_FORGIVE, {"of_account": account})
