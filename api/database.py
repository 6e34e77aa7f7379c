"""The engine, and the one transaction that every request gets."""

import asyncio
import logging
import re
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from typing import Annotated, Any

import asyncpg
from fastapi import Depends, Request
from sqlalchemy import Executable, MetaData, event
from sqlalchemy.exc import DBAPIError, DisconnectionError, IntegrityError
from sqlalchemy.ext.asyncio import (
    AsyncEngine,
    AsyncSession,
    async_sessionmaker,
    create_async_engine,
)
from sqlalchemy.orm import DeclarativeBase
from sqlalchemy.pool import PoolProxiedConnection

from api.errors import ApiError, ServiceUnavailable
from api.observability.metrics import DATABASE_CONNECTIONS_IN_USE
from api.settings import Settings
from api.statements import Parameters, Row, run

log = logging.getLogger(__name__)

SAFE_METHODS = frozenset({"GET", "HEAD"})

# SQLSTATEs after which the same transaction, run again, may succeed:
# serialization_failure and deadlock_detected (Postgres manual, appendix A, class 40).
RETRYABLE = frozenset({"40001", "40P01"})

# SQLSTATEs that speak of the server's state and not of the statement: too_many_connections,
# lock_not_available, query_canceled (by statement_timeout), admin_shutdown, crash_shutdown,
# cannot_connect_now.
UNAVAILABLE = frozenset({"53300", "55P03", "57014", "57P01", "57P02", "57P03"})


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
    """One worker's connections: `session` opens a transaction, `rows` runs a statement alone.

    As many requests as there are connections have a `place`; the others wait in the order in which
    they came. SQLAlchemy's pool would let a newcomer overtake them, and some would wait until they
    time out however fast the service is (measured: decision 9).
    """

    def __init__(self, engine: AsyncEngine, settings: Settings) -> None:
        """Take the pool of connections; how long to wait for one is a setting."""
        self.sessions = async_sessionmaker(engine, expire_on_commit=False)
        self._engine = engine
        # Connections that statements used and the next ones will: a pool's own bookkeeping costs
        # half as much as a statement itself.
        self._idle: list[PoolProxiedConnection] = []
        self._places = asyncio.Semaphore(settings.database_pool_size)
        self._patience = settings.database_pool_timeout

    async def take_place(self) -> None:
        """Wait for one's turn to use a connection; to be given back with `leave_place`.

        Raises:
            ServiceUnavailable: it did not come in time.
        """
        if self._places.locked():
            try:
                async with asyncio.timeout(self._patience):
                    await self._places.acquire()
            except TimeoutError:
                raise ServiceUnavailable("All database connections are in use.") from None
        else:
            await self._places.acquire()
        DATABASE_CONNECTIONS_IN_USE.inc()

    def leave_place(self) -> None:
        """Let the next one have the place."""
        DATABASE_CONNECTIONS_IN_USE.dec()
        self._places.release()

    @asynccontextmanager
    async def place(self) -> AsyncIterator[None]:
        """Take a place during the block.

        Raises:
            ServiceUnavailable: it did not come in time.
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
            ServiceUnavailable: no connection was free in time, or none can be made.
        """
        async with self.place():
            if self._idle:
                self._idle.pop().close()  # back into the pool, where the session finds it
            async with self.sessions() as session, session.begin() as transaction:
                with _unreachable():
                    await session.connection()
                try:
                    yield session
                except ApiError as error:
                    if error.commits:
                        await transaction.commit()
                    raise

    async def rows(self, statement: Executable, parameters: Parameters) -> list[Row]:
        """Run a statement in a transaction of its own, committed when it returns its rows.

        Raises:
            ServiceUnavailable: no connection was free in time, or none can be made.
            IntegrityError: it breaks a constraint.
            DBAPIError: Postgres refuses it otherwise, or the connection was lost.
        """
        await self.take_place()
        try:
            connection = await self._take_connection()
            try:
                return await run(_driver(connection), statement, parameters)
            except asyncio.CancelledError:
                # Its answer may never come, and whoever takes it next would wait for that.
                _driver(connection).terminate()
                raise
            finally:
                self._idle.append(connection)
        finally:
            self.leave_place()

    async def _take_connection(self) -> PoolProxiedConnection:
        while self._idle:
            connection = self._idle.pop()
            if not _driver(connection).is_closed():
                return connection
            # It broke, or Postgres ended it while nobody used it.
            connection.invalidate()
            connection.close()
        with _unreachable():
            return await self._engine.raw_connection()

    async def close(self) -> None:
        """Close all connections."""
        while self._idle:
            self._idle.pop().close()
        await self._engine.dispose()


def _driver(connection: PoolProxiedConnection) -> asyncpg.Connection:
    return connection.driver_connection


@contextmanager
def _unreachable() -> Iterator[None]:
    """Let a missing connection not be mistaken for the fault of a query."""
    try:
        yield
    except (OSError, DBAPIError, asyncpg.PostgresError) as exc:
        log.error("The database cannot be reached: %s", exc)  # noqa: TRY400 - the reason suffices
        raise ServiceUnavailable("The database cannot be reached.") from exc


def create_engine(settings: Settings) -> AsyncEngine:
    """Make the connection pool of one worker; nothing is connected yet."""
    milliseconds = {
        "statement_timeout": settings.database_statement_timeout * 1000,
        "lock_timeout": settings.database_lock_timeout * 1000,
        "idle_in_transaction_session_timeout": settings.database_statement_timeout * 1000,
    }
    engine = create_async_engine(
        settings.async_database_url,
        pool_size=settings.database_pool_size,
        max_overflow=0,
        pool_timeout=settings.database_pool_timeout,
        pool_use_lifo=True,
        # An error's message goes to the log, where a password's hash has no business.
        hide_parameters=True,
        connect_args={
            "timeout": settings.database_connect_timeout,
            "server_settings": {
                "application_name": "pir",
                **{name: str(int(value)) for name, value in milliseconds.items()},
            },
        },
    )
    event.listen(engine.sync_engine, "checkout", _refuse_closed)
    return engine


def _refuse_closed(connection: Any, *_: object) -> None:  # noqa: ANN401 - SQLAlchemy's adapter
    """Let the pool replace a connection that was lost while nobody used it; it costs no query."""
    if connection.driver_connection.is_closed():
        raise DisconnectionError("The connection was lost.")


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


def is_unavailable(exc: DBAPIError) -> bool:
    """Tell whether the database, and not the request, is the reason that a statement failed."""
    return exc.connection_invalidated or sqlstate(exc) in RETRYABLE | UNAVAILABLE


def violates(exc: IntegrityError, constraint: str) -> bool:
    """Tell whether a write broke the constraint of this name."""
    return bool(re.search(rf'constraint "{re.escape(constraint)}"', str(exc.orig)))
