"""How Alembic reaches the database: by the service's own driver, models and URL."""

import asyncio
import logging
import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from logging.config import fileConfig
from typing import Any

from alembic import context
from alembic.util import CommandError
from sqlalchemy import Connection, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncConnection, create_async_engine
from sqlalchemy.pool import NullPool

from api.models import Base
from api.settings import SettingsError, asyncpg_url
from migrations.autogenerate import PLUGINS, write_safely

log = logging.getLogger("alembic.env")

# Only one may migrate a database at a time. Any number serves, as long as it stays the same.
MIGRATION_LOCK = 7_236_310_118

# A statement that waits for a lock makes all later statements on that table wait behind it: after
# this long it gives up, its revision is rolled back, and one tries again at a quieter time.
LOCK_TIMEOUT = "3s"
LOCK_NOT_AVAILABLE = "55P03"  # Postgres manual, appendix A


def database_url() -> str:
    """Return DATABASE_URL for SQLAlchemy's asyncpg dialect, with its password."""
    given = context.config.attributes.get("url") or os.environ.get("DATABASE_URL")
    if not given:
        raise CommandError("DATABASE_URL is not set; `nox -s migrate` sets it for you")
    try:
        return asyncpg_url(given).render_as_string(hide_password=False)
    except SettingsError as exc:
        raise CommandError(str(exc)) from None


def run(**where: Any) -> None:  # noqa: ANN401 - what Alembic's configure takes
    """Run the command's revisions, each in a transaction of its own."""
    context.configure(
        target_metadata=Base.metadata,
        compare_type=True,
        compare_server_default=True,
        autogenerate_plugins=PLUGINS,
        process_revision_directives=write_safely,
        transaction_per_migration=True,
        **where,
    )
    with context.begin_transaction():
        if context.is_offline_mode():
            context.execute(f"SET lock_timeout = '{LOCK_TIMEOUT}'")
        context.run_migrations()


def run_on(connection: Connection) -> None:
    """Run the command's revisions on this connection."""
    run(connection=connection)


@asynccontextmanager
async def connect() -> AsyncIterator[AsyncConnection]:
    """Connect to the database, or say in a line why that is impossible."""
    engine = create_async_engine(database_url(), poolclass=NullPool)
    connection = engine.connect()
    try:
        await connection.start()
    except (OSError, DBAPIError) as exc:
        reason = exc.orig if isinstance(exc, DBAPIError) else exc
        raise CommandError(f"cannot connect to {engine.url!r}: {reason}") from None
    try:
        yield connection
    finally:
        await connection.close()


async def take_turn(connection: AsyncConnection) -> None:
    """Wait until nobody else migrates this database; the lock goes with the connection.

    It asks again and again instead of waiting in Postgres, because a waiting statement holds a
    snapshot, and a CREATE INDEX CONCURRENTLY of the one that migrates would wait for that.
    """
    lock = text("SELECT pg_try_advisory_lock(:key)").bindparams(key=MIGRATION_LOCK)
    waiting = False
    while not await connection.scalar(lock):
        await connection.rollback()
        if not waiting:
            log.info("Waiting for another migration of this database to end.")
        waiting = True
        await asyncio.sleep(0.1)
    await connection.execute(text(f"SET lock_timeout = '{LOCK_TIMEOUT}'"))
    await connection.commit()


async def run_alone() -> None:
    """Connect, take one's turn, and run the command's revisions."""
    async with connect() as connection:
        await take_turn(connection)
        try:
            await connection.run_sync(run_on)
        except DBAPIError as exc:
            if getattr(exc.orig, "sqlstate", None) != LOCK_NOT_AVAILABLE:
                raise
            raise CommandError(
                f"a statement waited {LOCK_TIMEOUT} for a lock that another transaction holds, and "
                f"gave up; its revision was rolled back, so try again later: {exc.statement}"
            ) from None


# Of each run Alembic tells more than anyone reads; which revision runs is what matters.
logging.getLogger("alembic.runtime.migration").addFilter(
    lambda record: record.getMessage().startswith("Running")
)

if context.config.config_file_name and not context.config.attributes.get("quiet"):
    fileConfig(context.config.config_file_name, disable_existing_loggers=False)

if context.is_offline_mode():
    run(url=database_url(), literal_binds=True)
elif given := context.config.attributes.get("connection"):
    run_on(given)
else:
    asyncio.run(run_alone())
