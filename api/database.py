"""The engine, and the one transaction that every request gets."""

import asyncio
import logging
import re
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from typing import Annotated, Any, Self

from fastapi import Depends, Request
from sqlalchemy import MetaData, event
from sqlalchemy.exc import DBAPIError, IntegrityError
from sqlalchemy.ext.asyncio import (
    AsyncEngine,
    AsyncSession,
    async_sessionmaker,
    create_async_engine,
)
from sqlalchemy.orm import DeclarativeBase, ORMExecuteState, Session

from api.errors import ApiError, ServiceUnavailable
from api.settings import Settings

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


class Sessions:
    """Opens the sessions of one worker: `writing` in a transaction, `reading` without one.

    As many requests as there are connections have a `place`; the others wait in the order in which
    they came. SQLAlchemy's pool would let a newcomer overtake them, and some would wait until they
    time out however fast the service is (measured: decision 9).
    """

    def __init__(
        self,
        writing: async_sessionmaker[AsyncSession],
        reading: async_sessionmaker[AsyncSession],
        connections: int,
        patience: float,
    ) -> None:
        """Take the two kinds of session, how many connections there are, and seconds to wait."""
        self.writing = writing
        self.reading = reading
        self._places = asyncio.Semaphore(connections)
        self._patience = patience

    @classmethod
    def of(cls, engine: AsyncEngine, settings: Settings) -> Self:
        """Open sessions on this pool of connections."""
        # In autocommit each SELECT is its own transaction: no BEGIN and ROLLBACK round trips.
        autocommit = engine.execution_options(isolation_level="AUTOCOMMIT")
        return cls(
            writing=async_sessionmaker(engine, expire_on_commit=False),
            reading=async_sessionmaker(
                autocommit, expire_on_commit=False, sync_session_class=ReadOnlySession
            ),
            connections=settings.database_pool_size,
            patience=settings.database_pool_timeout,
        )

    @asynccontextmanager
    async def place(self) -> AsyncIterator[None]:
        """Wait for one's turn to use a connection, and keep it.

        Raises:
            ServiceUnavailable: it did not come in time.
        """
        try:
            async with asyncio.timeout(self._patience):
                await self._places.acquire()
        except TimeoutError:
            raise ServiceUnavailable("All database connections are in use.") from None
        try:
            yield
        finally:
            self._places.release()


class ReadOnlySession(Session):
    """A session that refuses to write, because nothing would hold its writes together."""

    def check_unchanged(self) -> None:
        """Raise where a change would be lost."""
        if self.new or self.dirty or self.deleted:
            raise RuntimeError("A GET route changed an object: its session does not write.")

    def flush(self, objects: Sequence[Any] | None = None) -> None:
        """Do nothing where nothing changed; raise where something did."""
        self.check_unchanged()
        super().flush(objects)


@event.listens_for(ReadOnlySession, "do_orm_execute")
def _refuse_to_write(state: ORMExecuteState) -> None:
    if state.is_insert or state.is_update or state.is_delete:
        raise RuntimeError("A GET route sent a statement that writes: its session does not.")


def create_engine(settings: Settings) -> AsyncEngine:
    """Make the connection pool of one worker; nothing is connected yet."""
    milliseconds = {
        "statement_timeout": settings.database_statement_timeout * 1000,
        "lock_timeout": settings.database_lock_timeout * 1000,
        "idle_in_transaction_session_timeout": settings.database_statement_timeout * 1000,
    }
    return create_async_engine(
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


async def open_session(request: Request) -> AsyncIterator[AsyncSession]:
    """Give a request its session: safe methods read, all others get one transaction.

    The transaction is committed here and nowhere else, when the route has returned and before the
    response is sent, for which the dependency must have function scope. An error rolls back,
    except one that says its refusal must be remembered.
    """
    sessions: Sessions = request.state.sessions
    if request.method in SAFE_METHODS:
        async with sessions.place(), sessions.reading() as session:
            await _connect(session)
            yield session
            if isinstance(session.sync_session, ReadOnlySession):
                session.sync_session.check_unchanged()
        return
    async with sessions.place(), sessions.writing() as session, session.begin() as transaction:
        await _connect(session)
        try:
            yield session
        except ApiError as error:
            if error.commits:
                await transaction.commit()
            raise


async def _connect(session: AsyncSession) -> None:
    """Take a connection now, so that a missing one is not mistaken for a fault of a query.

    Raises:
        ServiceUnavailable: the database cannot be reached.
    """
    try:
        await session.connection()
    except (OSError, DBAPIError) as exc:
        log.error("The database cannot be reached: %s", exc)  # noqa: TRY400 - the reason suffices
        raise ServiceUnavailable("The database cannot be reached.") from exc


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
