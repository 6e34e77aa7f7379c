"""What surrounds every request: pure ASGI, because a task between would break cancellation."""

import asyncio
import logging
import random
from contextlib import suppress

from sqlalchemy.exc import DBAPIError
from starlette.datastructures import Headers
from starlette.requests import Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from api.database import SAFE_METHODS, is_lost, is_retryable, is_unavailable
from api.errors import (
    ApiError,
    BodyTooLong,
    InternalError,
    OutcomeUnknown,
    RequestTimedOut,
    ServiceUnavailable,
)
from api.observability.ids import REQUEST_ID
from api.observability.routes import ATTEMPT
from api.problems import render

log = logging.getLogger(__name__)


class _Answer:
    """Passes an answer on, and knows whether it has begun and cannot be taken back."""

    def __init__(self, send: Send) -> None:
        self._send = send
        self.begun = False

    async def send(self, message: Message) -> None:
        self.begun = True
        await self._send(message)


class AnswerEveryRequest:
    """Answer every request in time, and whatever no handler caught by a problem document.

    An exception that reaches Uvicorn makes it close the connection without telling the client,
    whose next request on it is then reset.
    """

    def __init__(self, app: ASGIApp, timeout: float) -> None:
        """Take the seconds that a request may last, from its head to the end of its answer."""
        self.app = app
        self.timeout = timeout

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        answer = _Answer(send)
        body = _Body(receive)
        deadline = asyncio.timeout(self.timeout)
        try:
            async with deadline:
                await self.app(scope, body.receive, answer.send)
        except Exception as exc:
            if answer.begun:
                raise
            if deadline.expired():
                error = _too_late(scope["method"], body)
                await render(Request(scope), error)(scope, receive, send)
            else:
                await _explain(exc, Request(scope))(scope, receive, send)


class _Body:
    """Passes a body on, and knows whether we wait for more of it."""

    def __init__(self, receive: Receive) -> None:
        self._receive = receive
        self.is_awaited = False

    async def receive(self) -> Message:
        self.is_awaited = True
        message = await self._receive()
        self.is_awaited = bool(message.get("more_body"))
        return message


def _too_late(method: str, body: _Body) -> ApiError:
    if body.is_awaited:
        return RequestTimedOut("The request's body did not arrive in time.")
    if method in SAFE_METHODS:
        return ServiceUnavailable("This took too long.")
    return OutcomeUnknown(
        "This took too long; look whether the change was made before you repeat it."
    )


def _explain(exc: Exception, request: Request) -> ASGIApp:
    if isinstance(exc, DBAPIError) and is_unavailable(exc):
        log.warning("%s %s: %s", request.method, request.url.path, exc.orig)
        return render(request, _unavailable(exc, request))
    log.error(
        "%s %s failed, request %s",
        request.method,
        request.url.path,
        REQUEST_ID.get(),
        exc_info=exc,
    )
    detail = "A fault of ours; the log tells more under this request's id."
    return render(request, InternalError(detail))


def _unavailable(exc: DBAPIError, request: Request) -> ApiError:
    if exc.connection_invalidated and request.method not in SAFE_METHODS:
        return OutcomeUnknown(
            "The connection to the database was lost; look whether the change was made before "
            "you repeat it."
        )
    return ServiceUnavailable("The database could not complete this now; nothing was changed.")


class LimitBody:
    """Refuse a body that is longer than the service wants to hold in memory.

    What the request says of its length is believed when it is too long, and counted when it is
    not said or not true. Nobody reads the body of a safe request.
    """

    def __init__(self, app: ASGIApp, limit: int) -> None:
        """Take the longest body that is accepted, in bytes."""
        self.app = app
        self.limit = limit

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        if scope["type"] != "http" or scope["method"] in SAFE_METHODS:
            await self.app(scope, receive, send)
            return
        error = BodyTooLong(f"The body is longer than {self.limit} bytes.")
        answer = _Answer(send)
        received = 0

        async def count() -> Message:
            nonlocal received
            message = await receive()
            received += len(message.get("body", b""))
            if received > self.limit:
                raise error
            return message

        async def unless_refused(message: Message) -> None:
            # FastAPI makes a 400 of whatever goes wrong while it reads a body.
            if received <= self.limit:
                await answer.send(message)

        said = Headers(scope=scope).get("content-length", "")
        if said.isdecimal() and int(said) > self.limit:
            await render(Request(scope), error)(scope, receive, send)
            return
        with suppress(BodyTooLong):
            await self.app(scope, count, unless_refused)
        if received > self.limit and not answer.begun:
            await render(Request(scope), error)(scope, receive, send)


class RetryTransactions:
    """Run a request again, from its first statement, when Postgres chose its transaction to fail.

    A deadlock's victim and a serialisation failure are no fault of the request and leave no trace,
    so the whole of it may run again: nothing has been sent, because the commit comes before the
    response. The body is replayed as it was received.
    """

    def __init__(self, app: ASGIApp, attempts: int = 5, backoff: float = 0.01) -> None:
        """Take how often a request runs at most, and the first pause's mean in seconds."""
        self.app = app
        self.attempts = attempts
        self.backoff = backoff

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request, in as many attempts as it takes."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        body = _Replay(receive)
        answer = _Answer(send)
        for attempt in range(1, self.attempts + 1):
            # A copy, as routing writes into it; what it found is for the layers outside too.
            scope[ATTEMPT] = attempted = dict(scope)
            try:
                await self.app(attempted, body.receive, answer.send)
            except DBAPIError as exc:
                if answer.begun or attempt == self.attempts or not may_run_again(exc, scope):
                    raise
                log.info(
                    "Attempt %d of %s %s: %s", attempt, scope["method"], scope["path"], exc.orig
                )
            else:
                return
            # Jitter parts the contenders, which would otherwise meet again at once.
            await asyncio.sleep(random.uniform(0, 2 * self.backoff * 2 ** (attempt - 1)))  # noqa: S311
            body.rewind()


def may_run_again(exc: DBAPIError, scope: Scope) -> bool:
    """Tell whether a request that failed so can be run again without its client's knowledge.

    A read can also where its connection was lost, as when Postgres is restarted.
    """
    return is_retryable(exc) or (scope["method"] in SAFE_METHODS and is_lost(exc))


class _Replay:
    """Remembers what was received, so that it can be received once more."""

    def __init__(self, receive: Receive) -> None:
        self._receive = receive
        self._seen: list[Message] = []
        self._position = 0

    async def receive(self) -> Message:
        if self._position == len(self._seen):
            self._seen.append(await self._receive())
        self._position += 1
        return self._seen[self._position - 1]

    def rewind(self) -> None:
        self._position = 0
