"""Races: requests on warm connections whose last bytes are released together.

A server acts on a request only once it is complete. So all of each request but its last byte is
sent beforehand, and a race costs one tiny write per connection: the requests overlap in the
server nearly every time, where tasks started together overlap in a fifth of the tries.
"""

import asyncio
from collections.abc import Sequence
from types import TracebackType
from typing import Self

from integration_cli.connection import Connection
from integration_cli.history import History
from integration_cli.operation import Operation, Request
from integration_cli.wire import NoAnswer

SETTLE = 0.005  # seconds for held bytes to arrive, so that the last byte finds them parsed


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
        for connection in self._connections:
            connection.close()

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
        except NoAnswer:
            connection.close()
            return False
        return True

    async def _finish(self, connection: Connection, request: Request, invoked: int) -> Operation:
        operation = await connection.finish(request, invoked)
        self._history.record(operation)
        return operation
