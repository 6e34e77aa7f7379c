"""A worker's connections to Postgres: how they are made, which are in use, which can be trusted."""

import asyncio
import logging
from typing import Any
from weakref import WeakSet

import asyncpg
from sqlalchemy import event
from sqlalchemy.dialects.postgresql.asyncpg import AsyncAdapt_asyncpg_dbapi
from sqlalchemy.exc import DBAPIError, DisconnectionError
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine
from sqlalchemy.pool import PoolProxiedConnection

from api.connecting import Driver, connect, connect_arguments, url_arguments
from api.observability import sql
from api.settings import Environment, Settings

log = logging.getLogger(__name__)

# How many connections a worker makes at a time: when Postgres comes back, all workers of all
# machines want theirs at once, and each costs it a process.
DOORS = 2

# Seconds that connections have to end well.
FAREWELL = 2.0

# What can be wrong where a connection is made or asked. The pool gives some of it in the dialect's
# own form, which is neither asyncpg's nor SQLAlchemy's.
FAILURES = (
    OSError,
    TimeoutError,
    asyncpg.PostgresError,
    asyncpg.InterfaceError,
    DBAPIError,
    AsyncAdapt_asyncpg_dbapi.Error,
)


def create_engine(settings: Settings) -> AsyncEngine:
    """Make the connection pool of one worker; nothing is connected yet.

    It has no size of its own: as many connections are made as there are places (api/places.py).
    """
    # Without a name a statement is prepared anew each time, on the server that runs it.
    unnamed = {"prepared_statement_cache_size": 0, "prepared_statement_name_func": lambda: ""}
    engine = create_async_engine(
        settings.async_database_url,
        pool_size=0,
        pool_use_lifo=True,
        # An error's message goes to the log, where a password's hash has no business.
        hide_parameters=True,
        connect_args={
            "async_creator_fn": connect,
            **connect_arguments(settings),
            **(unnamed if settings.database_pooler else {}),
        },
    )
    event.listen(engine.sync_engine, "checkout", _refuse_closed)
    if settings.environment is Environment.DEVELOPMENT:
        sql.count_those_of(engine.sync_engine)
    return engine


def _refuse_closed(connection: Any, *_: object) -> None:  # noqa: ANN401 - SQLAlchemy's adapter
    """Let the pool replace a connection that was lost while nobody used it; it costs no query."""
    if connection.driver_connection.is_closed():
        raise DisconnectionError("The connection was lost.")


class Connections:
    """The connections of one worker.

    Attributes:
        heard: goes up with each sign of life of Postgres.
        doors: what who connects goes through; few do at a time.
    """

    def __init__(self, engine: AsyncEngine, settings: Settings) -> None:
        self.heard = 0
        self._engine = engine
        self._arguments = {**url_arguments(engine.url), **connect_arguments(settings)}
        # Those that statements used and the next ones will: a pool's own bookkeeping costs half as
        # much as a statement itself.
        self._idle: list[PoolProxiedConnection] = []
        self._known: WeakSet[Driver] = WeakSet()
        # Since when each is in use, and until when it may be, by the clock of who looks after them.
        self._in_use: dict[Driver, tuple[float, float]] = {}
        self.doors = asyncio.Semaphore(DOORS)

    async def fresh(self) -> Driver:
        """Make a connection beside the pool's; whoever asks for it ends it."""
        return await connect(**self._arguments)

    def reuse(self) -> PoolProxiedConnection | None:
        """Take a connection that is idle, or None if there is none."""
        while self._idle:
            connection = self._idle.pop()
            if not driver_of(connection).is_closed():
                return connection
            # It broke, or Postgres ended it while nobody used it.
            connection.invalidate()
            connection.close()
        return None

    async def from_pool(self) -> PoolProxiedConnection:
        """Take one from the pool, which makes it if need be."""
        connection = await self._engine.raw_connection()
        self.know(driver_of(connection))
        return connection

    def know(self, driver: Driver) -> None:
        """Remember a connection, to end it when Postgres is gone."""
        self._known.add(driver)

    def keep(self, connection: PoolProxiedConnection) -> None:
        """Have it ready for the next statement."""
        self._idle.append(connection)

    def return_one(self) -> None:
        """Give one that is idle back to the pool, where a session finds it."""
        if self._idle:
            self._idle.pop().close()

    def use(self, driver: Driver, now: float, longest: float) -> None:
        """Note that it is in use, for so many seconds at the longest."""
        self._in_use[driver] = now, now + longest

    def release(self, driver: Driver | None) -> None:
        """Note that it is not in use any more."""
        self._in_use.pop(driver, None)

    def in_use_since(self, moment: float) -> list[Driver]:
        """Return those that were in use then and have been since, the oldest first."""
        return [driver for driver, (since, _) in self._in_use.items() if since <= moment]

    def end_overdue(self, now: float) -> None:
        """End those in use for longer than Postgres itself allows: it is not there any more."""
        for driver, (_, until) in list(self._in_use.items()):
            if until < now and not driver.is_closed():
                log.warning("A statement was not answered in the time that Postgres gives it.")
                driver.terminate()

    def end_idle(self) -> None:
        """End those that nobody uses: one of their kind was found dead."""
        for driver in self._known - self._in_use.keys():
            driver.terminate()

    def end_all(self) -> None:
        """End all: who uses one hears that it was lost."""
        for driver in list(self._known):
            driver.terminate()

    async def close(self) -> None:
        """Close all, in a time that does not depend on the other side."""
        try:
            async with asyncio.timeout(FAREWELL):
                while self._idle:
                    self._idle.pop().close()
                await self._engine.dispose()
        except TimeoutError:
            self.end_all()


def reason(exc: BaseException) -> str:
    """Say why a connection failed."""
    return str(exc) or "no answer in time"


def driver_of(connection: PoolProxiedConnection) -> Driver:
    """Return asyncpg's connection of one of the pool's."""
    return connection.driver_connection
