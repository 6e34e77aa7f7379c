"""What one signed-in user does over one connection, as operations of a history."""

from time import monotonic_ns

from integration_cli import endpoints
from integration_cli.http1 import Answer, encode
from integration_cli.operation import Operation, Request, Trouble
from integration_cli.target import AppUrl
from integration_cli.wire import NoAnswer, Wire

MAX_IDLE = 2_000_000_000  # ns: an older connection may be one that the server is closing


class Connection:
    """One kept-alive connection of one signed-in user, opened again whenever it breaks.

    It records nothing: who sends decides what an operation is for.
    """

    def __init__(self, app_url: AppUrl, name: str, user: str, token: str) -> None:
        self.name = name
        self.user = user
        self.token = token
        self._app_url = app_url
        self._wire: Wire | None = None
        self._used = 0
        self._warm = False

    async def send(self, request: Request) -> Operation:
        """Send a request, and return what became of it. Never raises for HTTP."""
        invoked = monotonic_ns()
        try:
            wire = await self._open()
        except NoAnswer as failure:
            return self._failed(request, invoked, failure)
        return await self.finish(request, wire.send(self._encode(request)))

    async def hold(self, request: Request) -> None:
        """Send all of a request but its last byte.

        Raises:
            NoAnswer: it is not ready to be released, and the app cannot have acted on it.
        """
        wire = await self._open()
        if not self._warm:
            # A first answer takes the worker's accept and TLS out of the race.
            wire.send(self._encode(endpoints.live()))
            await self._answer()
            wire = await self._open()  # another, if the app closes after each answer
        await wire.hold(self._encode(request))

    def release(self) -> int:
        """Send the last byte; the value is when, in monotonic nanoseconds."""
        return self._wire.release() if self._wire else monotonic_ns()

    async def finish(self, request: Request, invoked: int) -> Operation:
        """Wait for the answer to what was sent at `invoked`, and return the whole operation."""
        try:
            answer = await self._answer()
        except NoAnswer as failure:
            return self._failed(request, invoked, failure)
        return Operation(
            request.kind, request.method, request.path, self.name, self.user,
            invoked=invoked,
            returned=self._used,
            status=answer.status,
            worker=answer.headers.get("x-worker"),
            retry_after=answer.headers.get("retry-after"),
            body=request.body,
            answer=answer.json(),
        )  # fmt: skip

    def abort(self, *, reset: bool = True) -> None:
        """Break off whatever is under way, with a reset or as a client that just leaves."""
        if self._wire:
            self._wire.abort(reset=reset)

    def close(self) -> None:
        """Close the connection; the next request opens another."""
        if self._wire:
            self._wire.close()
            self._wire = None

    async def _open(self) -> Wire:
        now = monotonic_ns()
        if self._wire and self._wire.is_open and now - self._used < MAX_IDLE:
            return self._wire
        self.close()
        self._wire, self._used, self._warm = await Wire.open(self._app_url), now, False
        return self._wire

    async def _answer(self) -> Answer:
        if self._wire is None:
            raise NoAnswer(Trouble.RESET, "the connection is closed")
        answer = await self._wire.answer()
        self._used, self._warm = self._wire.answered_at, True
        return answer

    def _encode(self, request: Request) -> bytes:
        return encode(request, self._app_url, self.token)

    def _failed(self, request: Request, invoked: int, failure: NoAnswer) -> Operation:
        return Operation(
            request.kind, request.method, request.path, self.name, self.user,
            invoked=invoked,
            returned=failure.at,
            trouble=failure.trouble,
            body=request.body,
        )  # fmt: skip
