"""The open loop: each request is sent when it is due, and the generator watches itself.

A request that is due while every connection is busy waits for one; that is the app's doing, and
its latency, which counts from when it was due, says so. A request that leaves late although a
connection was free is the generator's own doing: that is its *lag*.
"""

import asyncio
import time
from collections import deque
from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from time import monotonic_ns

from integration_cli.latency import percentile

DRAIN = 5.0  # seconds that answers and waiting requests are given after the last arrival
LEAD = 0.05  # seconds from the call to the start of the schedule
MAX_LAG = 0.005  # seconds, at the 99th percentile: more than that is not the app's latency
MAX_CPU = 0.9  # of a core: a generator this busy reads answers late

Send = Callable[[int], Awaitable[None]]
Clock = Callable[[], int]


@dataclass(slots=True)
class Pace:
    """How well the generator kept its schedule; all instants and spans in nanoseconds.

    `unsent` has how long each request had waited that was never sent, because no connection
    became free in time.
    """

    planned: int
    seconds: float
    lags: list[int] = field(default_factory=list)
    unsent: list[int] = field(default_factory=list)
    cpu: float = 0.0  # seconds of processor time

    @property
    def lag(self) -> float:
        """The 99th percentile of its own lateness, in seconds."""
        return percentile(sorted(self.lags), 0.99) / 1e9 if self.lags else 0.0

    @property
    def load(self) -> float:
        """The share of a core that the generator used."""
        return self.cpu / self.seconds

    @property
    def doubt(self) -> str:
        """Why its figures are not to be trusted; empty when they are."""
        if self.lag > MAX_LAG:
            return f"the generator itself was late (p99 {self.lag * 1e3:.1f} ms)"
        if self.load > MAX_CPU:
            return f"the generator used {self.load:.0%} of a core"
        return ""


class OpenLoop:
    """Sends requests when they are due, over as many connections as there are senders.

    A sender gets the instant at which its request was due, sends it, and returns when it has been
    answered or has failed; it never raises. Senders take turns, so that each connection is used
    as often as the next, and every worker of the app is asked. `break_off` ends what is still
    under way when the time is over; a sender then returns. `clock` is in nanoseconds.
    """

    def __init__(
        self,
        senders: Sequence[Send],
        break_off: Callable[[], None],
        clock: Clock = monotonic_ns,
    ) -> None:
        self._senders = senders
        self._break_off = break_off
        self._clock = clock
        self._idle: deque[asyncio.Future[int]] = deque()
        self._waiting: deque[int] = deque()
        self._lags: list[int] = []
        self._all_idle = asyncio.Event()

    async def run(self, arrivals: Sequence[int], seconds: float, drain: float = DRAIN) -> Pace:
        """Follow a schedule of so many seconds; the value tells how well that went."""
        workers = [asyncio.create_task(self._work(send)) for send in self._senders]
        busy = time.process_time()
        start = self._clock() + int(LEAD * 1e9)
        try:
            await self._dispatch(arrivals, start)
            left = start / 1e9 + seconds + drain - self._clock() / 1e9
            await self._settle(left)
            unsent = [self._clock() - due for due in self._waiting]
            self._waiting.clear()
            self._break_off()
            await self._settle()
        finally:
            for worker in workers:
                worker.cancel()
            await asyncio.gather(*workers, return_exceptions=True)
        spent, span = time.process_time() - busy, self._clock() - start
        return Pace(len(arrivals), span / 1e9, self._lags, unsent, spent)

    async def _dispatch(self, arrivals: Sequence[int], start: int) -> None:
        for offset in arrivals:
            due = start + offset
            wait = due - self._clock()
            if wait > 0:
                await asyncio.sleep(wait / 1e9)
            if self._idle:
                self._all_idle.clear()
                self._idle.popleft().set_result(due)
            else:
                self._waiting.append(due)

    async def _work(self, send: Send) -> None:
        loop = asyncio.get_running_loop()
        while True:
            if self._waiting:
                await send(self._waiting.popleft())
                continue
            free = loop.create_future()
            self._idle.append(free)
            if len(self._idle) == len(self._senders):
                self._all_idle.set()
            due = await free
            self._lags.append(self._clock() - due)
            await send(due)

    async def _settle(self, seconds: float | None = None) -> None:
        """Wait until every sender is idle, at most so long."""
        with suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                await self._all_idle.wait()
