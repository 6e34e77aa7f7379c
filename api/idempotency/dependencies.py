"""POST requests that may be repeated: with the same key they are one effect and one answer.

The header is that of the IETF's draft "The Idempotency-Key HTTP Header Field". A request with a key
acts in one transaction, in which its key is claimed and its answer kept: all of it happens or
nothing does.
"""

import hashlib
import hmac
from collections.abc import AsyncIterator
from typing import Annotated
from uuid import UUID

from fastapi import Depends, FastAPI, Header, Request
from starlette.responses import Response

from api.auth.dependencies import Caller, CallerDep
from api.database import Database
from api.idempotency.errors import AnsweredBefore
from api.idempotency.service import claim, keep
from api.settings import Settings
from api.statements import InSession, Statements

Key = Annotated[
    str | None,
    Header(
        alias="Idempotency-Key",
        min_length=1,
        max_length=255,
        description="A new UUID for each request; repeated with it, the request acts only once",
    ),
]


class Once:
    """Makes a request act once: what it does, it does by `statements`, and it ends in `answer`."""

    def __init__(self, statements: Statements, claimed: UUID | None) -> None:
        """Take where the request acts, and its claimed key, if it has one."""
        self.statements = statements
        self._claimed = claimed

    async def answer(self, answer: Response) -> Response:
        """Return the answer, which is kept if the request had a key."""
        if self._claimed is not None:
            await keep(self.statements, self._claimed, answer)
            self._claimed = None
        return answer

    def check_answered(self) -> None:
        """Raise if the answer of a request with a key was not kept."""
        if self._claimed is not None:
            raise RuntimeError("The route must return `await once.answer(...)`.")


class CallersOnce(Once):
    """The same for a request of somebody: `caller` acts where the request does."""

    def __init__(self, caller: Caller, statements: Statements, claimed: UUID | None) -> None:
        """Take who asks, where the request acts, and its claimed key, if it has one."""
        super().__init__(statements, claimed)
        self.caller = caller


async def for_caller(
    request: Request, caller: CallerDep, key: Key = None
) -> AsyncIterator[CallersOnce]:
    """Let a request of somebody who is logged in act once.

    Raises:
        Unauthenticated: the log-in has ended.
        AnsweredBefore: the request was answered; this is its answer.
        IdempotencyKeyReused: another request had this key.
    """
    if key is None:
        yield CallersOnce(caller, request.state.database, None)
        return
    database: Database = request.state.database
    async with database.session() as session:
        statements = InSession(session)
        caller = caller.within(statements)
        await caller.check()
        claimed = await _claim(request, statements, caller.user_id, key)
        once = CallersOnce(caller, statements, claimed)
        yield once
        once.check_answered()


async def for_anyone(request: Request, key: Key = None) -> AsyncIterator[Once]:
    """Let a request of somebody who is not logged in act once.

    Raises:
        AnsweredBefore: the request was answered; this is its answer.
        IdempotencyKeyReused: another request had this key.
    """
    database: Database = request.state.database
    if key is None:
        yield Once(database, None)
        return
    async with database.session() as session:
        statements = InSession(session)
        once = Once(statements, await _claim(request, statements, None, key))
        yield once
        once.check_answered()


async def _claim(request: Request, statements: Statements, user_id: UUID | None, key: str) -> UUID:
    settings: Settings = request.state.settings
    said = f"{request.method} {request.url.path}\n".encode() + await request.body()
    # Keyed, because what signs up has a password in it, which a plain digest would help to guess.
    secrets = [settings.token_secret, *settings.also_accepted_token_secrets]
    fingerprints = [
        hmac.digest(secret.get_secret_value().encode(), said, hashlib.sha256) for secret in secrets
    ]
    return await claim(statements, user_id, key, fingerprints, settings.idempotency_key_lifetime)


async def _answer_again(_: Request, exc: AnsweredBefore) -> Response:
    return exc.answer


def add_replays(app: FastAPI) -> None:
    """Answer a request that was answered before with the same answer."""
    app.add_exception_handler(AnsweredBefore, _answer_again)  # type: ignore[arg-type]


OnceForCaller = Annotated[CallersOnce, Depends(for_caller, scope="function")]
OnceForAnyone = Annotated[Once, Depends(for_anyone, scope="function")]
