"""Making one connection to Postgres: what it is told, and when the kernel gives it up."""

import socket
from typing import Any, TypeAlias

import asyncpg
from sqlalchemy import URL
from sqlalchemy.dialects.postgresql.asyncpg import dialect as asyncpg_dialect

from api.settings import Settings

# When the kernel gives a connection up whose other side is silent: after so many seconds it asks,
# again at each interval, and after TCP_USER_TIMEOUT in all (milliseconds) it closes it. Linux alone
# waits two hours to ask, and a quarter of one for what was sent (decision 16).
KEEP_ALIVE = {"TCP_KEEPIDLE": 10, "TCP_KEEPINTVL": 2, "TCP_USER_TIMEOUT": 5000}

Driver: TypeAlias = asyncpg.Connection


async def connect(**arguments: Any) -> Driver:  # noqa: ANN401 - asyncpg's own
    """Make a connection that is closed when its other side has gone without a word."""
    driver = await asyncpg.connect(**arguments)
    # asyncpg has no setting for this, nor a way to its socket.
    transport_socket = driver._transport.get_extra_info("socket")  # noqa: SLF001
    if transport_socket.family in {socket.AF_INET, socket.AF_INET6}:
        transport_socket.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
        for name, value in KEEP_ALIVE.items():
            if (option := getattr(socket, name, None)) is not None:
                transport_socket.setsockopt(socket.IPPROTO_TCP, option, value)
    return driver


def connect_arguments(settings: Settings) -> dict[str, Any]:
    """Return what asyncpg is told beside the URL."""
    milliseconds = {
        "statement_timeout": settings.database_statement_timeout * 1000,
        "lock_timeout": settings.database_lock_timeout * 1000,
        "idle_in_transaction_session_timeout": settings.database_statement_timeout * 1000,
    }
    if settings.database_pooler:
        # The next statement may go to another server: nothing may be prepared on this one, and the
        # limits are the role's (docs/scaling.md).
        return {
            "timeout": settings.database_connect_timeout,
            "statement_cache_size": 0,
            "server_settings": {"application_name": "pir"},
        }
    return {
        "timeout": settings.database_connect_timeout,
        "server_settings": {
            "application_name": "pir",
            **{name: str(int(value)) for name, value in milliseconds.items()},
        },
    }


def url_arguments(url: URL) -> dict[str, Any]:
    """Return what a URL tells asyncpg."""
    dialect = asyncpg_dialect()  # type: ignore[no-untyped-call]
    _, arguments = dialect.create_connect_args(url)  # type: ignore[no-untyped-call]
    return dict(arguments)
