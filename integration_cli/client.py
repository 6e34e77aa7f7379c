"""One simulated client: one HTTP connection pool, one name, and a record of what it did."""

import asyncio
import ssl
from dataclasses import replace
from functools import cache
from time import monotonic_ns
from types import TracebackType
from typing import Self

import httpx2

from integration_cli.history import History
from integration_cli.operation import Json, Operation, Request, Trouble, as_object
from integration_cli.outcome import NotFinished
from integration_cli.record import Speaker, answered, unanswered
from integration_cli.site import Site

ANSWER_TIMEOUT = 30.0  # seconds: longer than any wait the app itself would bear
PATIENCE = 6  # tries of a request that must succeed for a command to go on


@cache
def tls() -> ssl.SSLContext:
    """One TLS context for every client: building it reads all certificate authorities."""
    return httpx2.create_ssl_context()


class Client:
    """A client of the app, used by one task at a time, and so with one connection.

    Every simulated client has its own pool: a shared one queues requests on itself and measures
    that queue. Idle connections are dropped after 2 s, before a server would drop them, or the two
    race each other into resets. No request is ever retried behind the caller's back.
    """

    def __init__(self, site: Site, name: str, user: str, history: History) -> None:
        self.site = site
        self.name = name
        self.user = user
        self._speaker = Speaker(name, user)
        self._history = history
        self._http = httpx2.AsyncClient(
            base_url=str(site.app_url),
            verify=tls(),
            timeout=ANSWER_TIMEOUT,
            limits=httpx2.Limits(max_connections=1, keepalive_expiry=2.0),
            # A proxy named in the environment is for the outside world, not for this machine.
            trust_env=not site.app_url.is_loopback,
        )

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        await self._http.aclose()

    def authorize(self, token: str, login: str = "") -> None:
        """Send this bearer token from now on; `login` is what the history calls it."""
        self._speaker = replace(self._speaker, login=login)
        self._http.headers["Authorization"] = f"Bearer {token}"

    async def send(self, request: Request) -> Operation:
        """Send a request once, record what became of it, and return that. Never raises for HTTP."""
        invoked = monotonic_ns()
        if not self.site.rows.take(request):
            span = (invoked, invoked)
            return unanswered(request, self._speaker, self.name, span, Trouble.WITHHELD)
        try:
            response = await self._http.request(
                request.method,
                request.path,
                json=self.site.filled(request, self.user).body,
                data=request.form,
                headers=request.headers,
            )
        except httpx2.TransportError as error:
            span, trouble = (invoked, monotonic_ns()), trouble_of(error)
            operation = unanswered(request, self._speaker, self.name, span, trouble)
        else:
            operation = answered(
                request,
                self._speaker,
                self.name,
                (invoked, monotonic_ns()),
                response.status_code,
                response.headers,
                _object(response),
                self.site.profile.headers,
            )
        self._history.record(operation)
        return self.site.rows.settle(request, operation)

    async def insist(self, request: Request) -> Operation:
        """Send a request that may be repeated until the app answers it with anything but a 5xx.

        Waits as `Retry-After` says, at most 5 s at a time.

        Raises:
            NotFinished: no such answer after `PATIENCE` tries, or the run may make no more rows.
        """
        operation = await self.send(request)
        for attempt in range(PATIENCE - 1):
            if operation.status is not None and not operation.indeterminate:
                return operation
            if operation.trouble == Trouble.WITHHELD:
                raise NotFinished("The run may make no more rows.")
            await asyncio.sleep(_pause(operation, attempt))
            operation = await self.send(request)
        if operation.status is not None and not operation.indeterminate:
            return operation
        raise NotFinished(
            f"{request.method} {request.path} failed {PATIENCE} times (last: {operation.outcome}). "
            "The app is overloaded or failing: see its log."
        )


def trouble_of(error: httpx2.TransportError) -> Trouble:
    """What a transport error means for the request: never sent, unanswered, or cut off."""
    if isinstance(error, httpx2.ConnectError | httpx2.ConnectTimeout | httpx2.PoolTimeout):
        return Trouble.CONNECT
    if isinstance(error, httpx2.TimeoutException):
        return Trouble.TIMEOUT
    return Trouble.RESET


def _object(response: httpx2.Response) -> Json:
    try:
        answer = response.json()
    except ValueError:
        return {}
    return as_object(answer)


def _pause(operation: Operation, attempt: int) -> float:
    asked = operation.retry_after or ""
    return min(float(asked), 5.0) if asked.isdecimal() else 0.1 * 2**attempt
