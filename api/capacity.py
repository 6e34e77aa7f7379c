"""How many connections a worker may have: all together stay within Postgres's limit.

The limit is Postgres's own, asked for at start-up and whenever it was away (decision 17).
"""

import logging
from dataclasses import dataclass

import asyncpg

from api.connecting import connect, connect_arguments, url_arguments
from api.settings import Settings

log = logging.getLogger(__name__)

# NULL where there is no limit. What superusers and members of pg_use_reserved_connections have for
# themselves is no part of it (Postgres manual, "Connections and Authentication").
ASK = """
SELECT current_setting('max_connections')::int
       - current_setting('superuser_reserved_connections')::int
       - current_setting('reserved_connections')::int AS server,
       (SELECT NULLIF(rolconnlimit, -1) FROM pg_roles WHERE rolname = current_user) AS role,
       (SELECT NULLIF(datconnlimit, -1) FROM pg_database WHERE datname = current_database())
           AS database
"""

# What each limit is called where one would raise it.
RAISED_BY = {
    "server": "max_connections, less what is reserved for superusers",
    "role": "CONNECTION LIMIT of the role",
    "database": "CONNECTION LIMIT of the database",
}


class TooFewConnections(Exception):
    """Postgres does not allow as many connections as the service is to have; says what to do."""


@dataclass(frozen=True)
class Limit:
    """The lowest of Postgres's limits on connections, and which of them it is."""

    connections: int
    name: str


async def size_by(driver: asyncpg.Connection, settings: Settings) -> int:
    """Return how many connections one worker may have, as Postgres says on this one.

    Behind a pooler that is the pooler's business: what a worker has are connections to it.

    Raises:
        TooFewConnections: those of all workers are more than Postgres allows.
    """
    if settings.database_pooler:
        await driver.fetchval("SELECT 1")
        return settings.database_pool_size
    return pool_size(await ask(driver), settings)


async def ask(driver: asyncpg.Connection) -> Limit:
    """Ask Postgres how many connections it allows the service."""
    answer = await driver.fetchrow(ASK)
    limits = [Limit(answer[name], name) for name in RAISED_BY if answer[name] is not None]
    return min(limits, key=lambda limit: limit.connections)


async def check(settings: Settings) -> None:
    """Make sure that Postgres allows as many connections as all workers may have.

    Where it cannot be asked nothing is checked: the workers ask when it is there.

    Raises:
        TooFewConnections: it does not; the message says what to do.
    """
    url = settings.async_database_url
    try:
        driver = await connect(**url_arguments(url), **connect_arguments(settings))
    except (OSError, asyncpg.PostgresError, asyncpg.InterfaceError) as exc:
        log.warning("The database cannot be reached yet: %s", exc or "no answer in time")
        return
    try:
        await size_by(driver, settings)
    finally:
        driver.terminate()


def pool_size(limit: Limit, settings: Settings) -> int:
    """Return how many connections one worker may have.

    A rolling restart has one worker more for a while, on each machine.

    Raises:
        TooFewConnections: those of all workers are more than Postgres allows.
    """
    processes = settings.replicas * (settings.workers + 1)
    fits = (limit.connections - settings.database_reserved_connections) // processes
    given = "database_pool_size" in settings.model_fields_set
    if fits >= settings.database_pool_size or (fits >= 1 and not given):
        return min(fits, settings.database_pool_size)
    raise TooFewConnections(_explain(limit, settings, max(fits, 0)))


def _explain(limit: Limit, settings: Settings, fits: int) -> str:
    each = settings.database_pool_size if fits else 1
    needed = settings.replicas * (settings.workers + 1) * each
    remedies = ["lower WORKERS or REPLICAS", "raise that limit", "or put PgBouncer before Postgres"]
    if fits:
        remedies.insert(0, f"set DATABASE_POOL_SIZE to {fits} or less")
    return (
        f"Too few connections: {settings.replicas} replicas of {settings.workers} workers, and one "
        f"more on each while it restarts, with {each} connections each need {needed}, and Postgres "
        f"allows {limit.connections} ({RAISED_BY[limit.name]}), of which "
        f"{settings.database_reserved_connections} are kept for migrations and people "
        f"(DATABASE_RESERVED_CONNECTIONS): {', '.join(remedies)} (docs/scaling.md)."
    )
