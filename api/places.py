"""The queue for a worker's connections: first come, first served, and no longer than makes sense.

SQLAlchemy's pool would let a newcomer overtake those who wait, and some would wait until they time
out however fast the service is (measured: decision 9). Whoever cannot be served in time anyhow is
told so at once, and not after having waited (decision 16).
"""

import asyncio
import math
from collections import deque

from api.errors import ServiceUnavailable
from api.observability.metrics import DATABASE_CONNECTIONS_IN_USE

# Seconds for which all places must have been taken until their pace says anything.
WINDOW = 0.5


class Places:
    """As many requests as there are connections have a place; the others wait for one."""

    def __init__(self, size: int, patience: float) -> None:
        """Take how many places there are, and the seconds that one waits at most."""
        self.patience = patience
        self._size = size
        self._taken = 0
        self._queue: deque[asyncio.Future[None]] = deque()
        self._longest = math.inf
        self._left = 0
        self._window = 0.0

    @property
    def taken(self) -> int:
        """How many requests have a place."""
        return self._taken

    @property
    def full(self) -> bool:
        """Whether somebody waits."""
        return bool(self._queue)

    async def take(self) -> None:
        """Wait for one's turn; to be given back with `leave`.

        Raises:
            ServiceUnavailable: it did not come in time, or could not.
        """
        if self._taken < self._size and not self._queue:
            self._taken += 1
        else:
            await self._wait()
        DATABASE_CONNECTIONS_IN_USE.inc()

    async def _wait(self) -> None:
        if len(self._queue) >= self._longest:
            raise ServiceUnavailable("More requests wait for the database than it can serve now.")
        turn = asyncio.get_running_loop().create_future()
        self._queue.append(turn)
        try:
            async with asyncio.timeout(self.patience):
                await turn
        except TimeoutError:
            self._give_up(turn)
            raise ServiceUnavailable("All database connections are in use.") from None
        except asyncio.CancelledError:
            self._give_up(turn)
            raise

    def _give_up(self, turn: asyncio.Future[None]) -> None:
        if turn in self._queue:
            self._queue.remove(turn)
        elif not turn.cancelled() and turn.exception() is None:
            self._pass_on()  # it came just now

    def leave(self) -> None:
        """Let the next one have the place."""
        DATABASE_CONNECTIONS_IN_USE.dec()
        self._left += 1
        self._pass_on()

    def _pass_on(self) -> None:
        self._taken -= 1
        self._call_in()

    def _call_in(self) -> None:
        while self._queue and self._taken < self._size:
            turn = self._queue.popleft()
            if not turn.done():
                self._taken += 1
                turn.set_result(None)

    def resize(self, size: int) -> None:
        """Have this many places from now on; who has one keeps it."""
        self._size = size
        self._call_in()

    def turn_away(self, reason: str) -> None:
        """Refuse all who wait."""
        while self._queue:
            turn = self._queue.popleft()
            if not turn.done():
                turn.set_exception(ServiceUnavailable(reason))

    def learn(self, seconds: float) -> None:
        """Measure the pace, where somebody has been waiting all the time since the last call.

        While places are free nothing can be learned: requests then leave as they come.
        """
        if not self._queue:
            self._longest, self._left, self._window = math.inf, 0, 0.0
            return
        self._window += seconds
        if self._window >= WINDOW:
            served_in_time = self._left / self._window * self.patience
            self._longest = max(self._size, served_in_time)
            self._left, self._window = 0, 0.0
