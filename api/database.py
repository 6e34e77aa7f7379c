"""The one transaction that every request gets, and what became of it."""

import asyncio
import logging
import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Annotated, Any

import asyncpg
from fastapi import Depends, Request
from sqlalchemy import Executable, MetaData
from sqlalchemy.exc import DBAPIError, IntegrityError
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession, async_sessionmaker
from sqlalchemy.orm import DeclarativeBase
from sqlalchemy.pool import PoolProxiedConnection

from api.connecting import Driver
from api.connections import FAILURES, Connections, driver_of, reason
from api.errors import ApiError, ServiceUnavailable
from api.places import Places
from api.settings import Settings
from api.statements import NotSent, Parameters, Row, is_not_sent, run
from api.watch import MARGIN, UNREACHABLE, Watch, is_going

log = logging.getLogger(__name__)

SAFE_METHODS = frozenset({"GET", "HEAD"})

# SQLSTATEs after which the same transaction, run again, may succeed:
# serialization_failure and deadlock_detected (Postgres manual, appendix A, class 40).
RETRYABLE = frozenset({"40001", "40P01"})

# SQLSTATEs that speak of the server's state and not of the statement: too_many_connections,
# lock_not_available, query_canceled (by statement_timeout).
UNAVAILABLE = frozenset({"53300", "55P03", "57014"})

LOST_BEFORE_COMMIT = "The connection to the database was lost; nothing was changed."


class Base(DeclarativeBase):
    """What every table has: a name for each constraint, so that a migration can speak of it."""

    metadata = MetaData(
        naming_convention={
            "pk": "pk_%(table_name)s",
            "ix": "ix_%(table_name)s_%(column_0_N_name)s",
            "uq": "uq_%(table_name)s_%(column_0_N_name)s",
            "ck": "ck_%(table_name)s_%(constraint_name)s",
            "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
        }
    )
    # Columns that the server sets come back with the INSERT or UPDATE itself: reading them later
    # would be input and output behind an attribute, which asyncio does not allow.
    __mapper_args__: Any = {"eager_defaults": True}  # noqa: RUF012 - SQLAlchemy declares it so


class Database:
    """One worker's way to Postgres: `session` opens a transaction, `rows` runs a statement alone.

    Attributes:
        sessions: makes sessions, whose transactions nobody ends.
    """

    def __init__(self, engine: AsyncEngine, settings: Settings) -> None:
        """Take the pool of connections; how long to wait for one is a setting."""
        self.sessions = async_sessionmaker(engine, expire_on_commit=False)
        self.places = Places(settings.database_pool_size, settings.database_pool_timeout)
        self.connections = Connections(engine, settings)
        self._watch = Watch(self.connections, self.places, settings)
        self._longest_statement = settings.database_statement_timeout + MARGIN
        self._longest_session = settings.request_timeout + MARGIN

    @asynccontextmanager
    async def watched(self) -> AsyncIterator[None]:
        """Notice during the block when Postgres is gone and when it is back, and close in the end.

        It begins whether Postgres is there or not.
        """
        try:
            async with self._watch.watching():
                yield
        finally:
            await self.close()

    async def take_place(self) -> None:
        """Wait for one's turn to use a connection; to be given back with `leave_place`.

        Raises:
            ServiceUnavailable: it did not come in time, or the database is gone.
        """
        if self._watch.lost:
            raise ServiceUnavailable(self._watch.lost)
        await self.places.take()

    def leave_place(self) -> None:
        """Let the next one have the place."""
        self.places.leave()

    @asynccontextmanager
    async def place(self) -> AsyncIterator[None]:
        """Take a place during the block.

        Raises:
            ServiceUnavailable: it did not come in time, or the database is gone.
        """
        await self.take_place()
        try:
            yield
        finally:
            self.leave_place()

    @asynccontextmanager
    async def session(self) -> AsyncIterator[AsyncSession]:
        """Open a session in a transaction, which is committed if the block ends well.

        Raises:
            ServiceUnavailable: no connection was free in time, none can be made, or it was lost
                before the commit.
            DBAPIError: it was lost in the commit.
        """
        async with self.place(), self.sessions() as session:
            driver = None
            try:
                async with session.begin() as transaction:
                    driver = await self._connect(session)
                    try:
                        yield session
                    except ApiError as error:
                        if error.commits:
                            await transaction.commit()
                        raise
                    except DBAPIError as exc:
                        if is_lost(exc):
                            self._hear(exc)
                            raise ServiceUnavailable(LOST_BEFORE_COMMIT) from exc
                        raise
            except DBAPIError as exc:
                self._hear(exc)
                raise
            except asyncpg.InternalClientError as exc:
                if is_not_sent(exc):
                    raise ServiceUnavailable(LOST_BEFORE_COMMIT) from exc
                raise
            finally:
                self.connections.release(driver)

    async def _connect(self, session: AsyncSession) -> Driver:
        self.connections.return_one()
        async with self._door():
            connection = await session.connection()
        driver = (await connection.get_raw_connection()).driver_connection
        self.connections.know(driver)
        self.connections.use(driver, self._watch.now, self._longest_session)
        return driver

    async def rows(self, statement: Executable, parameters: Parameters) -> list[Row]:
        """Run a statement in a transaction of its own, committed when it returns its rows.

        Raises:
            ServiceUnavailable: no connection was free in time, or none can be made.
            IntegrityError: it breaks a constraint.
            DBAPIError: Postgres refuses it otherwise, or the connection was lost.
        """
        await self.take_place()
        try:
            while True:
                connection = self.connections.reuse() or await self._new_connection()
                try:
                    return await self._run(driver_of(connection), statement, parameters)
                except NotSent:
                    self.connections.end_idle()
                finally:
                    self.connections.keep(connection)
        finally:
            self.leave_place()

    async def _run(
        self, driver: Driver, statement: Executable, parameters: Parameters
    ) -> list[Row]:
        self.connections.use(driver, self._watch.now, self._longest_statement)
        try:
            rows = await run(driver, statement, parameters)
        except (asyncio.CancelledError, NotSent):
            # After a cancellation its answer may never come, and the next one would wait for that.
            driver.terminate()
            raise
        except DBAPIError as exc:
            self._hear(exc)
            raise
        finally:
            self.connections.release(driver)
        self.connections.heard += 1
        return rows

    async def _new_connection(self) -> PoolProxiedConnection:
        async with self._door():
            return await self.connections.from_pool()

    @asynccontextmanager
    async def _door(self) -> AsyncIterator[None]:
        """Connect in here: few do at a time, and a failure is not mistaken for a query's fault.

        Raises:
            ServiceUnavailable: no connection can be made.
        """
        async with self.connections.doors:
            if self._watch.lost:
                raise ServiceUnavailable(self._watch.lost)
            try:
                yield
            except FAILURES as exc:
                log.error("The database cannot be reached: %s", reason(exc))  # noqa: TRY400 - it suffices
                self._watch.suspect()
                raise ServiceUnavailable(UNREACHABLE) from exc
            self.connections.heard += 1

    def _hear(self, exc: DBAPIError) -> None:
        """Learn from an error: it is a sign of life, or that other connections are dead too."""
        if is_lost(exc):
            self.connections.end_idle()
        else:
            self.connections.heard += 1

    async def close(self) -> None:
        """Close all connections."""
        await self.connections.close()


async def open_session(request: Request) -> AsyncIterator[AsyncSession]:
    """Give a request its session, in one transaction.

    The transaction is committed here and nowhere else, when the route has returned and before the
    response is sent, for which the dependency must have function scope. An error rolls back,
    except one that says its refusal must be remembered.
    """
    database: Database = request.state.database
    async with database.session() as session:
        yield session


SessionDep = Annotated[AsyncSession, Depends(open_session, scope="function")]


def sqlstate(exc: DBAPIError) -> str | None:
    """Return Postgres's error code, such as "40P01" for a deadlock, or None if it gave none."""
    return getattr(exc.orig, "sqlstate", None)


def is_retryable(exc: DBAPIError) -> bool:
    """Tell whether the whole transaction may succeed if it is run again."""
    return sqlstate(exc) in RETRYABLE


def is_lost(exc: DBAPIError) -> bool:
    """Tell whether the connection is gone, or about to go."""
    return exc.connection_invalidated or is_going(exc.orig)


def is_unavailable(exc: DBAPIError) -> bool:
    """Tell whether the database, and not the request, is the reason that a statement failed."""
    return is_lost(exc) or sqlstate(exc) in RETRYABLE | UNAVAILABLE


def violates(exc: IntegrityError, constraint: str) -> bool:
    """Tell whether a write broke the constraint of this name."""
    return bool(re.search(rf'constraint "{re.escape(constraint)}"', str(exc.orig)))
