"""What surrounds a request to watch it: its id, its figures and its line in the log.

All in one layer, because each costs time of its own (decision 11).
"""

import logging
import os
from time import perf_counter

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from api.observability import metrics
from api.observability.ids import HEADER, REQUEST_ID, take_or_make
from api.observability.routes import route_template
from api.observability.sql import TALLY, Tally
from api.settings import Environment, Settings

log = logging.getLogger(__name__)


class ObserveRequests:
    """Give each request an id, count it, and log it where there is reason to.

    Outside production the answer says in `X-Worker` which process gave it, so that a checker can
    tell the workers apart.
    """

    def __init__(self, app: ASGIApp, settings: Settings) -> None:
        self.app = app
        in_development = settings.environment is Environment.DEVELOPMENT
        self.says_path = in_development
        self.counts_sql = in_development
        self.logs_all = in_development or settings.access_log
        self.slow = settings.slow_request
        self.headers: list[tuple[bytes, bytes]] = []
        if in_development:
            self.headers.append((b"x-worker", str(os.getpid()).encode()))

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        exchange = _Exchange(self, scope, send)
        token = REQUEST_ID.set(exchange.request_id)
        TALLY.set(exchange.tally)
        metrics.IN_FLIGHT.inc()
        try:
            await self.app(scope, receive, exchange.send)
        finally:
            metrics.IN_FLIGHT.dec()
            exchange.finish()
        # Not after an exception: then the server writes of this request, and names it.
        REQUEST_ID.reset(token)

    def report(
        self, scope: Scope, route: str, status: int, seconds: float, tally: Tally | None
    ) -> None:
        """Write a request's line, if all are written, or it was slow, or it failed by our fault.

        Neither the query nor a header is in it; and the path only in development, because it comes
        from outside.
        """
        warn = status >= 500 or seconds >= self.slow
        if not (warn or self.logs_all):
            return
        method, milliseconds = metrics.known(scope["method"]), round(seconds * 1000, 1)
        log.log(
            logging.WARNING if warn else logging.INFO,
            "%s %s %d in %.1f ms%s",
            method,
            _path(scope) if self.says_path else route,
            status,
            milliseconds,
            tally or "",
            extra={
                "method": method,
                "route": route,
                "status": status,
                "duration_ms": milliseconds,
                "client": _client(scope),
            },
        )


class _Exchange:
    """One request and its answer."""

    __slots__ = (
        "_finished",
        "_observer",
        "_scope",
        "_send",
        "_started",
        "_status",
        "request_id",
        "tally",
    )

    def __init__(self, observer: ObserveRequests, scope: Scope, send: Send) -> None:
        self._started = perf_counter()
        self._observer = observer
        self._scope = scope
        self._send = send
        self._status = 0
        self._finished = False
        self.tally = Tally() if observer.counts_sql else None
        self.request_id = take_or_make(scope["headers"])

    async def send(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self._status = message["status"]
            named = (HEADER, self.request_id.encode())
            message["headers"] = [*message.get("headers", ()), named, *self._observer.headers]
            # Before the client can know of the answer, and ask another worker for the count.
            metrics.count(self._scope["method"], route_template(self._scope), self._status)
        elif message["type"] == "http.response.body" and not message.get("more_body", False):
            self.finish()
        await self._send(message)

    def finish(self) -> None:
        """Take the time, once; a request that nobody answered, as its client had gone, has none."""
        if self._finished or not self._status:
            return
        self._finished = True
        seconds = perf_counter() - self._started
        route = route_template(self._scope)
        metrics.observe(self._scope["method"], route, seconds)
        self._observer.report(self._scope, route, self._status, seconds, self.tally)


def _client(scope: Scope) -> str | None:
    client = scope.get("client")
    return client[0] if client else None


def _path(scope: Scope) -> str:
    """Return the path as it was sent, where what a terminal would obey is escaped."""
    path: bytes = scope.get("raw_path") or b""
    return path.decode("ascii", "backslashreplace")
