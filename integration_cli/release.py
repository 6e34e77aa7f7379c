"""Races: requests on warm connections whose last bytes are released together.

A server acts on a request only once it is complete. So all of each request but its last byte is
sent beforehand, and a race costs one tiny write per connection: the requests overlap in the
server nearly every time, where tasks started together overlap in a fifth of the tries.
"""

import asyncio
from collections.abc import Sequence
from time import perf_counter
from types import TracebackType
from typing import Self

from integration_cli.connection import Connection
from integration_cli.history import History
from integration_cli.operation import Operation, Request, Trouble
from integration_cli.wire import NoAnswer

SETTLE = 0.004  # seconds for held bytes to arrive, so that the last byte finds them parsed
TRIES = 3  # of finding connections to other workers


class Racers:
    """A set of connections that race; a context manager, so that none is left open."""

    def __init__(self, connections: Sequence[Connection], history: History) -> None:
        self.connections = connections
        self._history = history

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def close(self) -> None:
        """Close all; the next requests go over new connections, which may lead to other workers."""
        for connection in self.connections:
            connection.close()

    async def spread(self, workers: int) -> None:
        """Open all connections, and as far as the app tells, some to each of so many workers.

        Where several processes accept from one socket, the first that wakes takes all that wait.
        So each connection is opened while those before it keep their workers busy: then another
        is free first.
        """
        for _ in range(TRIES):
            await self._open_in_turn()
            seen = [one.worker for one in self.connections]
            if len(set(seen)) >= min(workers, len(seen)) or None in seen:
                return
            self.close()

    async def renew(self, workers: int) -> None:
        """Close all, and open others, which may lead to other workers."""
        self.close()
        await self.spread(workers)

    async def _open_in_turn(self) -> None:
        over = asyncio.Event()
        async with asyncio.TaskGroup() as busy:
            for connection in self.connections:
                await _warm(connection)
                busy.create_task(_keep_busy(connection, over))
                await asyncio.sleep(0)
            over.set()

    async def race(
        self, requests: Sequence[Request], gaps: Sequence[float] = ()
    ) -> list[Operation]:
        """Release one request per connection, and record the answers.

        Without gaps all are released at the same instant; with them each waits so many seconds
        after the one before.
        """
        pairs = list(zip(self.connections, requests, strict=False))
        ready = await asyncio.gather(*(self._hold(*pair) for pair in pairs))
        await asyncio.sleep(SETTLE)
        held = [pair for pair, is_held in zip(pairs, ready, strict=True) if is_held]
        racing = []
        for number, (connection, request) in enumerate(held):
            _spin(gaps[number] if number < len(gaps) else 0.0)
            racing.append((connection, request, connection.release()))
        return await asyncio.gather(*(self._finish(*racer) for racer in racing))

    async def after(
        self, first: Request, then: Sequence[Request], own: Request | None = None
    ) -> list[Operation]:
        """Send a request on the first connection, and release the others at its answer.

        Nothing is nearer to the acknowledgement: an app that answers before it commits is caught
        by a read that is in the server already, and waits for one byte. `own` is what the first
        connection asks itself at its answer, before the others.
        """
        pairs = list(zip(self.connections, [first, *then], strict=False))
        if not all(await asyncio.gather(*(self._hold(*pair) for pair in pairs))):
            self.close()
            return []
        await asyncio.sleep(SETTLE)
        (leader, request), *others = pairs
        answer = await leader.finish(request, leader.release())
        racing = [(leader, own, leader.ask(own))] if own and answer.acknowledged else []
        racing += [(one, request, one.release()) for one, request in others]
        self._history.record(answer)
        return [answer, *await asyncio.gather(*(self._finish(*racer) for racer in racing))]

    async def each(self, request: Request) -> list[Operation]:
        """Send the same request on every connection."""
        return await self.race([request] * len(self.connections))

    async def _hold(self, connection: Connection, request: Request) -> bool:
        """Whether the request is ready to be released. One that is not was never sent."""
        try:
            await connection.hold(request)
        except NoAnswer as failure:
            if failure.trouble is not Trouble.WITHHELD:
                connection.close()
            return False
        return True

    async def _finish(self, connection: Connection, request: Request, invoked: int) -> Operation:
        return self._history.record(await connection.finish(request, invoked))


async def _keep_busy(connection: Connection, over: asyncio.Event) -> None:
    while not over.is_set():
        answer = await connection.send(connection.site.api.live())
        if not answer.acknowledged:
            return


async def _warm(connection: Connection) -> None:
    try:
        await connection.warm()
    except NoAnswer:
        connection.close()


def _spin(seconds: float) -> None:
    """Wait less than a millisecond, which no timer of the event loop can."""
    until = perf_counter() + seconds
    while perf_counter() < until:
        pass
