"""Races: requests on warm connections whose last bytes are released together.

A server acts on a request only once it is complete. So all of each request but its last byte is
sent beforehand, and a race costs one tiny write per connection: the requests overlap in the
server nearly every time, where tasks started together overlap in a fifth of the tries.
HTTP/1.1 by hand (RFC 9112), because no client library lets go of the last byte.
"""

import asyncio
from collections.abc import Sequence
from time import monotonic_ns
from types import TracebackType
from typing import Self

from integration_cli import endpoints
from integration_cli.client import ANSWER_TIMEOUT, tls
from integration_cli.history import History
from integration_cli.http1 import Answer, Broken, encode, read_answer
from integration_cli.operation import Operation, Request, Trouble
from integration_cli.target import AppUrl

MAX_IDLE = 2_000_000_000  # ns: an older connection may be one that the server is closing
SETTLE = 0.005  # seconds for held bytes to arrive, so that the last byte finds them parsed


class Connection:
    """One kept-alive connection of one signed-in user, opened again whenever it breaks."""

    def __init__(self, app_url: AppUrl, name: str, user: str, token: str) -> None:
        self.name = name
        self.user = user
        self._app_url = app_url
        self._token = token
        self._streams: tuple[asyncio.StreamReader, asyncio.StreamWriter] | None = None
        self._used = 0
        self._held = b""

    async def hold(self, request: Request) -> None:
        """Send all of a request but its last byte.

        Raises:
            OSError: the app does not accept connections.
            Broken: it does not answer as HTTP.
        """
        if self._streams is None or monotonic_ns() - self._used > MAX_IDLE:
            await self._open()
        data = encode(request, self._app_url, self._token)
        self._held = data[-1:]
        self._writer.write(data[:-1])
        await self._writer.drain()

    def release(self) -> int:
        """Send the last byte; the value is when, in monotonic nanoseconds."""
        invoked = monotonic_ns()
        self._writer.write(self._held)
        return invoked

    async def answer(self) -> Answer:
        """Read the answer to what was released.

        Raises:
            OSError, EOFError, Broken: the connection broke first.
            TimeoutError: nothing came in time.
        """
        try:
            async with asyncio.timeout(ANSWER_TIMEOUT):
                answer = await read_answer(self._reader)
        except BaseException:
            await self.close()
            raise
        self._used = monotonic_ns()
        if answer.closes:
            await self.close()
        return answer

    async def close(self) -> None:
        """Close the connection; a later `hold` opens another."""
        if self._streams is None:
            return
        _, writer = self._streams
        self._streams = None
        writer.close()
        try:
            await writer.wait_closed()
        except OSError:
            return  # it was broken already

    @property
    def _reader(self) -> asyncio.StreamReader:
        if self._streams is None:
            raise Broken("the connection is closed")
        return self._streams[0]

    @property
    def _writer(self) -> asyncio.StreamWriter:
        if self._streams is None:
            raise Broken("the connection is closed")
        return self._streams[1]

    async def _open(self) -> None:
        await self.close()
        secure = tls() if self._app_url.scheme == "https" else None
        async with asyncio.timeout(ANSWER_TIMEOUT):
            self._streams = await asyncio.open_connection(
                self._app_url.host, self._app_url.port, ssl=secure
            )
        # A first answer takes the worker's accept and TLS out of the race.
        self._writer.write(encode(endpoints.live(), self._app_url, self._token))
        await self.answer()


class Racers:
    """A set of connections that race; a context manager, so that none is left open."""

    def __init__(self, connections: Sequence[Connection], history: History) -> None:
        self._connections = connections
        self._history = history

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        await asyncio.gather(*(connection.close() for connection in self._connections))

    @property
    def names(self) -> list[str]:
        """The connections' names, in the order of their requests."""
        return [connection.name for connection in self._connections]

    async def race(self, requests: Sequence[Request]) -> list[Operation]:
        """Release one request per connection at the same instant, and record the answers."""
        pairs = list(zip(self._connections, requests, strict=True))
        ready = await asyncio.gather(*(self._hold(*pair) for pair in pairs))
        await asyncio.sleep(SETTLE)
        racing = [
            (connection, request, connection.release())
            for (connection, request), held in zip(pairs, ready, strict=True)
            if held
        ]
        return await asyncio.gather(*(self._finish(*racer) for racer in racing))

    async def follow(self, write: Request, read: Request) -> list[Operation]:
        """Send a write on the first connection, and release a read on the last at its answer.

        Nothing is nearer to the acknowledgement: an app that answers before it commits is caught
        by a read that is in the server already, and waits for one byte.
        """
        writer, reader = self._connections[0], self._connections[-1]
        pairs = [(writer, write), (reader, read)]
        if not all(await asyncio.gather(*(self._hold(*pair) for pair in pairs))):
            return []
        await asyncio.sleep(SETTLE)
        written = await self._finish(writer, write, writer.release())
        return [written, await self._finish(reader, read, reader.release())]

    async def _hold(self, connection: Connection, request: Request) -> bool:
        """Whether the request is ready to be released. One that is not was never sent."""
        try:
            await connection.hold(request)
        except (OSError, EOFError, Broken):  # TimeoutError is an OSError
            await connection.close()
            return False
        return True

    async def _finish(self, connection: Connection, request: Request, invoked: int) -> Operation:
        answer, trouble = None, None
        try:
            answer = await connection.answer()
        except TimeoutError:
            trouble = Trouble.TIMEOUT
        except (OSError, EOFError, Broken):
            trouble = Trouble.RESET
        operation = Operation(
            request.kind, request.method, request.path, connection.name, connection.user,
            invoked=invoked,
            returned=monotonic_ns(),
            status=answer.status if answer else None,
            trouble=trouble,
            worker=answer.headers.get("x-worker") if answer else None,
            retry_after=answer.headers.get("retry-after") if answer else None,
            body=request.body,
            answer=answer.json() if answer else {},
        )  # fmt: skip
        self._history.record(operation)
        return operation
