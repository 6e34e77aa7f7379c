"""Copies of the development database: snapshots to go back to, and one for a git branch.

Postgres copies a database as a template, which takes a fraction of a second for what a developer
has. Nobody may be connected meanwhile: who is, is disconnected, and the service connects anew.
"""

import re
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, LiteralString

import psycopg
from psycopg import Connection, sql
from psycopg.errors import InvalidCatalogName, ObjectInUse

from toolbox.databases import name_in, on_same_server
from toolbox.errors import ToolboxError

PREFIX = "pir_snapshot"
NAME = re.compile(r"[a-z0-9][a-z0-9_-]{0,39}")
TRIES = 5  # each waits five seconds for those who are disconnected to go


@dataclass(frozen=True, slots=True)
class Snapshot:
    """A copy of a database to go back to; what it is, is its comment in Postgres."""

    name: str
    bytes: int
    comment: str


def take(url: str, name: str, comment: str, *, replace: bool = False) -> None:
    """Keep a database as it is now.

    Args:
        url: the database.
        name: what the snapshot is called.
        comment: what it is, for the list.
        replace: take the place of one of that name.

    Raises:
        ToolboxError: the name is none, or taken.
    """
    target, fresh = _database(name), f"{PREFIX}_new_{secrets.token_hex(4)}"
    with _beside(url) as connection:
        if not replace and _exists(connection, target):
            raise ToolboxError(
                f"There is a snapshot {name!r} already: take another name, or --replace it."
            )
        # Under a name of its own, so that one which is replaced goes only when this is whole.
        copy(connection, name_in(url), fresh)
        connection.execute(
            sql.SQL("COMMENT ON DATABASE {} IS {}").format(sql.Identifier(fresh), comment)
        )
        _run(connection, "DROP DATABASE IF EXISTS {} WITH (FORCE)", target)
        _rename(connection, fresh, target)


def restore(url: str, name: str) -> None:
    """Make a database what it was when a snapshot was taken; the snapshot stays.

    The copy is made first, and the old database dropped last: whatever fails loses nothing.

    Raises:
        ToolboxError: there is no such snapshot.
    """
    current, mark = name_in(url), secrets.token_hex(4)
    fresh, old = f"{PREFIX}_new_{mark}", f"{PREFIX}_old_{mark}"
    with _beside(url) as connection:
        try:
            copy(connection, _database(name), fresh)
        except InvalidCatalogName:
            there = ", ".join(one.name for one in listed(url)) or "none"
            raise ToolboxError(f"There is no snapshot {name!r}; there is: {there}.") from None
        _rename(connection, current, old)
        try:
            _rename(connection, fresh, current)
        except BaseException:
            _rename(connection, old, current)
            raise
        _run(connection, "DROP DATABASE {} WITH (FORCE)", old)


def listed(url: str) -> list[Snapshot]:
    """Return the snapshots of this server, the oldest first."""
    with _beside(url) as connection:
        found = connection.execute(
            """
            SELECT substr(datname, length(%(prefix)s) + 1), pg_database_size(oid),
                   coalesce(shobj_description(oid, 'pg_database'), '')
            FROM pg_database WHERE starts_with(datname, %(prefix)s) ORDER BY oid
            """,
            {"prefix": f"{PREFIX}_"},
        )
        return [Snapshot(*row) for row in found]


def drop(url: str, name: str) -> None:
    """Drop a snapshot.

    Raises:
        ToolboxError: there is none of that name.
    """
    with _beside(url) as connection:
        try:
            _run(connection, "DROP DATABASE {} WITH (FORCE)", _database(name))
        except InvalidCatalogName:
            raise ToolboxError(f"There is no snapshot {name!r}.") from None


def copy_database(url: str, name: str) -> None:
    """Copy a database under another name, whatever it is."""
    with _beside(url) as connection:
        copy(connection, name_in(url), name)


def drop_database(url: str, name: str) -> None:
    """Drop a database of the same server, if it is there."""
    with _beside(url) as connection:
        _run(connection, "DROP DATABASE IF EXISTS {} WITH (FORCE)", name)


def copy(connection: Connection[Any], source: str, target: str) -> None:
    """Copy a database of the connection's server, after disconnecting whoever uses it."""
    for last in [False] * (TRIES - 1) + [True]:
        _disconnect(connection, source)
        try:
            _run(connection, "CREATE DATABASE {} TEMPLATE {}", target, source)
        except ObjectInUse:
            if last:
                raise ToolboxError(
                    f"{source} is in use again and again: stop what connects to it, and try again."
                ) from None
        else:
            return


@contextmanager
def _beside(url: str) -> Iterator[Connection[Any]]:
    """Connect to the same server, and not to the database itself, which may be renamed."""
    with psycopg.connect(on_same_server(url, "postgres"), autocommit=True) as connection:
        yield connection


def _exists(connection: Connection[Any], database: str) -> bool:
    found = connection.execute("SELECT FROM pg_database WHERE datname = %s", [database])
    return found.rowcount > 0


def _rename(connection: Connection[Any], old: str, new: str) -> None:
    for last in [False] * (TRIES - 1) + [True]:
        _disconnect(connection, old)
        try:
            _run(connection, "ALTER DATABASE {} RENAME TO {}", old, new)
        except ObjectInUse:
            if last:
                raise
        else:
            return


def _disconnect(connection: Connection[Any], database: str) -> None:
    connection.execute(
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %s", [database]
    )


def _database(name: str) -> str:
    if not NAME.fullmatch(name):
        raise ToolboxError(
            f"{name!r} is no name for a snapshot: take lower-case letters, digits, - and _, at "
            "most 40 of them."
        )
    return f"{PREFIX}_{name}"


def _run(connection: Connection[Any], statement: LiteralString, *names: str) -> None:
    connection.execute(sql.SQL(statement).format(*map(sql.Identifier, names)))
