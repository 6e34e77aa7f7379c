"""Remembering a request by its key, and its answer."""

from collections.abc import Sequence
from datetime import timedelta
from uuid import UUID

from sqlalchemy import Interval, LargeBinary, String, Uuid, bindparam, delete, func, select, update
from sqlalchemy.dialects.postgresql import JSONB, insert
from sqlalchemy.exc import IntegrityError
from starlette.responses import Response

from api.auth.errors import Unauthenticated
from api.database import violates
from api.expiry import expired
from api.idempotency.errors import AnsweredBefore, IdempotencyKeyReused
from api.idempotency.models import USER, IdempotencyKey
from api.statements import Statements

_new = insert(IdempotencyKey).values(
    user_id=bindparam("of_user", type_=Uuid),
    key=bindparam("given_key", type_=String),
    fingerprint=bindparam("of_request", type_=LargeBinary),
    expires_at=func.now() + bindparam("lifetime", type_=Interval),
)
# While another request with this key is under way, this waits for it to end.
_CLAIM = _new.on_conflict_do_update(
    index_elements=[IdempotencyKey.user_id, IdempotencyKey.key],
    set_={"fingerprint": _new.excluded.fingerprint, "expires_at": _new.excluded.expires_at},
    where=IdempotencyKey.expires_at < func.now(),
).returning(IdempotencyKey.id)
_FIND = select(
    IdempotencyKey.fingerprint, IdempotencyKey.status, IdempotencyKey.headers, IdempotencyKey.body
).where(
    IdempotencyKey.user_id.is_not_distinct_from(bindparam("of_user", type_=Uuid)),
    IdempotencyKey.key == bindparam("given_key"),
)
_KEEP = (
    update(IdempotencyKey)
    .where(IdempotencyKey.id == bindparam("claimed"))
    .values(
        status=bindparam("its_status"),
        headers=bindparam("its_headers", type_=JSONB),
        body=bindparam("its_body", type_=LargeBinary),
    )
    .returning(IdempotencyKey.id)
)
_PURGE = (
    delete(IdempotencyKey)
    .where(IdempotencyKey.id.in_(expired(IdempotencyKey.id, IdempotencyKey.expires_at)))
    .returning(IdempotencyKey.id)
)


async def claim(
    statements: Statements,
    user_id: UUID | None,
    key: str,
    request: Sequence[bytes],
    lifetime: timedelta,
) -> UUID:
    """Claim a key for a request until the transaction ends; return what `keep` needs.

    Args:
        statements: of the transaction in which the request acts.
        user_id: whose key it is, or None for who is not logged in.
        key: as the client chose it.
        request: the fingerprints of the whole request: the first is kept, any is its repetition's.
        lifetime: how long the answer is kept.

    Raises:
        AnsweredBefore: the same request was answered; this is its answer.
        IdempotencyKeyReused: another request had this key.
        Unauthenticated: the user is gone.
    """
    whose = {"of_user": user_id, "given_key": key}
    new = {**whose, "of_request": request[0], "lifetime": lifetime}
    try:
        claimed = await statements.rows(_CLAIM, new)
    except IntegrityError as exc:
        if violates(exc, USER):
            raise Unauthenticated.because_log_in_ended() from None
        raise
    if claimed:
        await statements.rows(_PURGE, {})
        return claimed[0]["id"]  # type: ignore[no-any-return]
    [before] = await statements.rows(_FIND, whose)
    if before["fingerprint"] not in request:
        raise IdempotencyKeyReused("This key came with another request; take a new one for this.")
    raise AnsweredBefore(Response(before["body"], before["status"], before["headers"]))


async def keep(statements: Statements, claimed: UUID, answer: Response) -> None:
    """Keep the answer to a request whose key was claimed."""
    await statements.rows(
        _KEEP,
        {
            "claimed": claimed,
            "its_status": answer.status_code,
            "its_headers": dict(answer.headers),
            "its_body": bytes(answer.body),
        },
    )
