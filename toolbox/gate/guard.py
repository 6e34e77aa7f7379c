"""Refusing connections that a project's own code makes past SQLAlchemy, to a database of its own.

An env.py, a revision, or a module that either imports may call a driver itself. So the drivers are
watched where each of them knows where it is about to go: only a throwaway database passes. What is
started as a process finds the throwaway one in its environment.
"""

import importlib
import os
import re
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager, suppress
from typing import Any, NoReturn
from unittest.mock import patch
from urllib.parse import unquote, urlsplit

from toolbox.databases import PREFIX
from toolbox.errors import ToolboxError

_SCHEME = re.compile(r"postgres(?:ql)?(?:\+\w+)?://")
# What libpq takes from the environment, and where in a URL it is.
_LIBPQ: Mapping[str, Callable[[Any], object]] = {
    "PGHOST": lambda url: url.hostname,
    "PGPORT": lambda url: url.port,
    "PGUSER": lambda url: url.username,
    "PGPASSWORD": lambda url: url.password,
    "PGDATABASE": lambda url: url.path.removeprefix("/"),
}


@contextmanager
def only_throwaways() -> Iterator[None]:
    """Let drivers connect to throwaway databases alone.

    Raises:
        ToolboxError: to another; it was not connected to.
    """
    with ExitStack() as stack:
        for watch in (_psycopg, _psycopg2, _asyncpg):
            with suppress(ImportError):
                stack.enter_context(watch())
        yield


@contextmanager
def environment_of(url: str) -> Iterator[None]:
    """Let each variable that says where a Postgres is lead to this database, DATABASE_URL too."""
    parts = urlsplit(url)
    there = url.split("://", 1)[1]
    found = {
        name: f"{scheme[0]}{there}"
        for name, value in os.environ.items()
        if (scheme := _SCHEME.match(value))
    }
    libpq = {name: unquote(str(value)) for name, read in _LIBPQ.items() if (value := read(parts))}
    with patch.dict(os.environ, {"DATABASE_URL": url, **libpq, **found}):
        os.environ.pop("PGSERVICE", None)  # which libpq would heed first
        yield


def _check(database: str | None) -> None:
    name = database or os.environ.get("PGDATABASE", "")
    if not name.startswith(f"{PREFIX}_"):
        _refuse(name)


def _refuse(name: str) -> NoReturn:
    raise ToolboxError(
        f"The project's own code connects to the database {name or 'of its user'!r}, past "
        "SQLAlchemy: that is refused, as it may be one in use. In env.py and in revisions use the "
        "connection that Alembic has (`op.get_bind()`)."
    )


@contextmanager
def _psycopg() -> Iterator[None]:
    base = importlib.import_module("psycopg").BaseConnection
    conninfo_to_dict = importlib.import_module("psycopg.conninfo").conninfo_to_dict
    connect = base._connect_gen.__func__  # noqa: SLF001 - where all of its ways to connect meet

    def watched(cls: Any, /, conninfo: str = "", **others: object) -> object:  # noqa: ANN401 - any
        _check(conninfo_to_dict(conninfo).get("dbname"))
        return connect(cls, conninfo, **others)

    with patch.object(base, "_connect_gen", classmethod(watched)):
        yield


@contextmanager
def _psycopg2() -> Iterator[None]:
    module = importlib.import_module("psycopg2")
    connect = module._connect  # noqa: SLF001 - what its `connect` calls

    def watched(dsn: str, *others: object, **named: object) -> object:
        _check(module.extensions.parse_dsn(dsn).get("dbname"))
        return connect(dsn, *others, **named)

    with patch.object(module, "_connect", watched):
        yield


@contextmanager
def _asyncpg() -> Iterator[None]:
    module = importlib.import_module("asyncpg.connect_utils")
    parse = module._parse_connect_arguments  # noqa: SLF001 - which knows the database at last

    def watched(**given: object) -> Any:  # noqa: ANN401 - asyncpg's
        found = parse(**given)
        _check(found[1].database)
        return found

    with patch.object(module, "_parse_connect_arguments", watched):
        yield
