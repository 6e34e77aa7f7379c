"""Finding out that Postgres is gone, and that it is back.

A connection that is closed says so. One whose other side fell silent (a cut network, a server that
stands still) does not, and asyncpg would wait for it for ever. So where somebody waits and nothing
at all was heard for a while, Postgres is asked on another connection; if that is silent too, all
requests that wait are refused at once, and so are new ones, until it answers again (decision 16).
"""

import asyncio
import logging
import random
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress

import asyncpg

from api import capacity
from api.connecting import Driver
from api.connections import FAILURES, Connections, driver_of, reason
from api.observability.metrics import DATABASE_CONNECTIONS_LIMIT, DATABASE_UNREACHABLE
from api.places import Places
from api.settings import Settings

log = logging.getLogger(__name__)

TICK = 0.1  # seconds between two looks

# Seconds without a word from Postgres, while somebody waits, after which it is asked.
SILENCE = 0.5

# Seconds that it has to answer.
HEARING = 1.0

# Seconds by which a look may be late; when it is later this process stood still, and not Postgres.
LATE = 0.2

# Mean seconds between two tries to reach it again.
RETRY = 0.5

# Seconds that a statement may take longer than Postgres itself lets it.
MARGIN = 2.0

UNREACHABLE = "The database cannot be reached."
TOO_FEW = "The database allows too few connections for this service; its log says more."

# SQLSTATEs (Postgres manual, appendix A): admin_shutdown, crash_shutdown, cannot_connect_now, and a
# class.
GOING = frozenset({"57P01", "57P02", "57P03"})
CONNECTION_EXCEPTION = "08"

# Where the client waits and Postgres does not work, what one said has not reached the other.
WORKING = "SELECT pid FROM pg_stat_activity WHERE pid = ANY($1::int[]) AND state <> 'idle'"


class Watch:
    """Looks after one worker's connections.

    Attributes:
        lost: why no request can reach the database, in a sentence for its answer; or None.
        now: the time of the last look, by the event loop's clock.
    """

    def __init__(self, connections: Connections, places: Places, settings: Settings) -> None:
        self.lost: str | None = None
        self.now = 0.0
        self._connections = connections
        self._places = places
        self._settings = settings
        self._suspected = asyncio.Event()
        self._silent_since = 0.0
        self._heard = 0
        self._patience = SILENCE

    def suspect(self) -> None:
        """Have Postgres asked now: a connection could not be made."""
        self._suspected.set()

    @asynccontextmanager
    async def watching(self) -> AsyncIterator[None]:
        """Look after the connections during the block; before it Postgres was asked once."""
        await self._try_to_return()
        # Who is served before the first look would be overdue at it, measured from zero.
        self.now = self._time()
        looking = asyncio.create_task(self._look_for_ever())
        try:
            yield
        finally:
            looking.cancel()
            with suppress(asyncio.CancelledError):
                await looking

    async def _look_for_ever(self) -> None:
        while True:
            try:
                if self.lost:
                    # Not all workers at once.
                    await asyncio.sleep(random.uniform(0.5, 1.5) * RETRY)  # noqa: S311
                    await self._try_to_return()
                else:
                    await self._look()
            except Exception:
                log.exception("Looking after the connections failed.")

    async def _look(self) -> None:
        before = self._time()
        with suppress(TimeoutError):
            async with asyncio.timeout(TICK):
                await self._suspected.wait()
        self.now = self._time()
        passed = self.now - before
        self._places.learn(min(passed, TICK + LATE))
        # What had come by then has been read, however late this look is.
        self._connections.end_overdue(before)
        if passed > TICK + LATE:
            # What came meanwhile has yet to be read: at the next look it will have been.
            self._silent_since = self.now
            return
        if self._connections.heard != self._heard or not self._places.taken:
            self._heard = self._connections.heard
            self._silent_since = self.now
        silent = self.now - self._silent_since > self._patience
        waiting = bool(self._connections.in_use_since(self.now - self._patience))
        if silent or waiting or self._suspected.is_set():
            self._suspected.clear()
            await self._ask()
        elif not self._connections.in_use_since(self.now - SILENCE):
            self._patience = SILENCE

    async def _ask(self) -> None:
        """Ask Postgres whether it is there, and what it knows of those who wait for it."""
        begun, heard = self._time(), self._connections.heard
        waiting = self._connections.in_use_since(self.now - SILENCE)
        try:
            working = await self._ask_who_works(waiting)
        except FAILURES as exc:
            if self._connections.heard == heard and self._time() - begun < 2 * HEARING + LATE:
                self._lose(reason(exc))
            return
        for driver in set(waiting) - working:
            if driver in self._connections.in_use_since(self.now - SILENCE):
                log.warning("An answer was lost on its way: the connection is ended.")
                driver.terminate()
                self._connections.end_idle()
        # It is there, and slow: ask less and less often.
        self._patience *= 2
        self._silent_since = self._time()

    async def _ask_who_works(self, drivers: list[Driver]) -> set[Driver]:
        """Return those on which Postgres is at work.

        Raises:
            FAILURES: it does not answer on a new connection.
        """
        lost = False
        if connection := self._connections.reuse():
            try:
                async with asyncio.timeout(HEARING / 2):
                    return await self._working_of(driver_of(connection), drivers)
            except FAILURES:
                driver_of(connection).terminate()
                self._connections.end_idle()  # those of its time
                lost = self._settings.database_pooler  # which alone cannot tell the others apart
            finally:
                self._connections.keep(connection)
        try:
            async with asyncio.timeout(HEARING), self._fresh() as driver:
                working = await self._working_of(driver, drivers)
                return set() if lost else working
        except asyncpg.PostgresError as exc:
            if is_going(exc):
                raise
            # Whatever else it says, it is there: too many connections, another password.
            return set(drivers)

    async def _working_of(self, asked: Driver, drivers: list[Driver]) -> set[Driver]:
        """Ask on one connection on which of the others Postgres is at work."""
        if self._settings.database_pooler:
            # It tells of the pooler's connections, and not of ours.
            await asked.fetchval("SELECT 1")
            return set(drivers)
        pids = {driver.get_server_pid(): driver for driver in drivers if not driver.is_closed()}
        return {pids[row["pid"]] for row in await asked.fetch(WORKING, list(pids))}

    def _time(self) -> float:
        return asyncio.get_running_loop().time()

    @asynccontextmanager
    async def _fresh(self) -> AsyncIterator[Driver]:
        driver = await self._connections.fresh()
        try:
            yield driver
        finally:
            driver.terminate()

    def _lose(self, fault: str, reason: str = UNREACHABLE) -> None:
        """Refuse all requests until Postgres is back, and first those that wait for it."""
        log.error("Requests are refused until the database is back: %s", fault)
        DATABASE_UNREACHABLE.set(1)
        self.lost = reason
        self._places.turn_away(reason)
        self._connections.end_all()

    async def _try_to_return(self) -> None:
        """Serve again, if Postgres answers and has connections enough."""
        try:
            async with asyncio.timeout(self._settings.database_connect_timeout):
                async with self._fresh() as driver:
                    size = await capacity.size_by(driver, self._settings)
        except FAILURES as exc:
            if self.lost is None:
                self._lose(reason(exc))
        except capacity.TooFewConnections as exc:
            if self.lost != TOO_FEW:
                self._lose(str(exc), TOO_FEW)
        else:
            self._find(size)

    def _find(self, size: int) -> None:
        if self.lost:
            log.info("The database is back.")
        self.lost = None
        self._silent_since = self._time()
        DATABASE_UNREACHABLE.set(0)
        DATABASE_CONNECTIONS_LIMIT.set(size)
        self._places.resize(size)


def is_going(exc: BaseException | None) -> bool:
    """Tell whether Postgres says that it, or this connection, goes away or is not there yet."""
    state: str = getattr(exc, "sqlstate", None) or ""
    return state in GOING or state.startswith(CONNECTION_EXCEPTION)
