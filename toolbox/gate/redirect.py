"""Letting code that opens its own connections reach a database of our choice, and no other.

An env.py makes its engine as it likes, synchronous or not, from a URL that it finds somewhere. All
of them connect through SQLAlchemy's `do_connect`, where the parameters can still be exchanged.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from sqlalchemy import URL, event, make_url
from sqlalchemy.engine import Dialect, Engine
from sqlalchemy.pool import ConnectionPoolEntry, Pool

from toolbox.errors import ToolboxError

# What says where a database is, and who asks: libpq's names, asyncpg's and pg8000's.
WHERE = frozenset(
    {
        "database",
        "dbname",
        "dsn",
        "host",
        "hostaddr",
        "password",
        "passfile",
        "port",
        "service",
        "ssl",
        "ssl_context",
        "sslmode",
        "sslcert",
        "sslkey",
        "sslrootcert",
        "target_session_attrs",
        "unix_sock",
        "user",
    }
)
# What makes SQLAlchemy's asyncpg call a function of the project's own instead.
PAST = frozenset({"async_creator", "async_creator_fn"})


@contextmanager
def connections_to(url: str) -> Iterator[None]:
    """Let whatever connects by SQLAlchemy during the block reach the database of this URL.

    Raises:
        ToolboxError: an engine goes past `do_connect`, as one with a `creator` does; its connection
            is refused before a statement is sent.
    """
    target = make_url(url)
    ours: list[object] = []

    def redirect(
        dialect: Dialect, _: ConnectionPoolEntry, __: list[Any], parameters: dict[str, Any]
    ) -> object:
        where = _of(dialect, target)
        others = {name: value for name, value in parameters.items() if name not in WHERE}
        if others.keys() & PAST:
            raise _past()
        connection = dialect.connect(**{**others, **where})
        ours.append(connection)
        return connection

    def verify(connection: object, _: ConnectionPoolEntry) -> None:
        if not any(connection is one for one in ours):
            raise _past()

    event.listen(Engine, "do_connect", redirect)
    event.listen(Pool, "connect", verify)
    try:
        yield
    finally:
        event.remove(Pool, "connect", verify)
        event.remove(Engine, "do_connect", redirect)


def _past() -> ToolboxError:
    return ToolboxError(
        "env.py connects by an engine with a `creator`, past the URL: the gate cannot send it to a "
        "throwaway database. Let it use a URL, or a connection from `config.attributes`."
    )


def _of(dialect: Dialect, url: URL) -> dict[str, Any]:
    """Return a URL's parameters as this dialect's driver takes them."""
    if dialect.name != "postgresql":
        raise ToolboxError(
            f"env.py connects to {dialect.name}: the gate checks projects on Postgres."
        )
    _, parameters = dialect.create_connect_args(url)
    return dict(parameters)
