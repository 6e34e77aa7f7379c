"""Single statements on the fast path: SQLAlchemy writes the SQL, asyncpg carries it.

A session spends most of its time on what one statement does not need: a transaction's round trips,
the identity map, greenlets. Here a statement is compiled once and then goes to asyncpg as it is, at
a third of a session's cost (measured: decision 12). It is a transaction of its own.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from time import perf_counter
from typing import Any, Protocol

import asyncpg
from sqlalchemy import ColumnElement, Enum, TypeDecorator
from sqlalchemy.dialects.postgresql.asyncpg import dialect as asyncpg_dialect
from sqlalchemy.exc import DBAPIError, IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.expression import Executable

from api.observability import sql

Row = dict[str, Any]
Parameters = Mapping[str, Any]

INTEGRITY_VIOLATION = "23"  # Postgres manual, appendix A: the class of broken constraints

_DIALECT = asyncpg_dialect()  # type: ignore[no-untyped-call]


class NotSent(Exception):
    """Postgres had closed the connection already: the statement was not sent, and can be."""


class Statements(Protocol):
    """What runs a statement: the database, each in a transaction of its own, or a session."""

    async def rows(self, statement: Executable, parameters: Parameters) -> list[Row]:
        """Run a statement with these bound parameters and return its rows."""


class InSession:
    """Runs statements in a session, as part of its transaction."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def rows(self, statement: Executable, parameters: Parameters) -> list[Row]:
        """Run a statement with these bound parameters and return its rows."""
        connection = await self._session.connection()
        result = await connection.execute(statement, dict(parameters))
        return [dict(row) for row in result.mappings()]


@dataclass(frozen=True, slots=True)
class Compiled:
    """A statement as asyncpg takes it.

    Attributes:
        sql: with parameters $1, $2 and so on.
        names: those of the parameters, in that order.
        values: of the parameters that the statement itself brought.
        converters: of the parameters that asyncpg takes in another form.
    """

    sql: str
    names: Sequence[str]
    values: Parameters
    converters: Mapping[str, Callable[[Any], Any]]

    def arguments(self, parameters: Parameters) -> list[Any]:
        """Return the parameters' values in the order in which asyncpg takes them.

        Raises:
            KeyError: a parameter was not given a value.
        """
        values = {**self.values, **parameters}
        for name, convert in self.converters.items():
            values[name] = convert(values[name])
        return [values[name] for name in self.names]


@lru_cache(maxsize=512)
def compile_statement(statement: Executable) -> Compiled:
    """Compile a statement, once for each object: so it should be a constant of its module.

    Raises:
        TypeError: it needs what only a session does, such as a default made by Python.
    """
    compiled = statement.compile(dialect=_DIALECT)  # type: ignore[attr-defined]
    returned = getattr(statement, "exported_columns", None)
    if not isinstance(compiled, SQLCompiler) or returned is None:
        raise TypeError("Only SELECT, INSERT, UPDATE and DELETE run here.")
    made_by_python = compiled.insert_prefetch or compiled.update_prefetch
    if made_by_python or any(map(_is_converted, returned)):
        raise TypeError("This statement has values that SQLAlchemy must convert: use a session.")
    values, converters = {}, {}
    for bind, name in compiled.bind_names.items():
        if not bind.required:
            values[name] = bind.effective_value
        if convert := bind.type.dialect_impl(_DIALECT).bind_processor(_DIALECT):
            converters[name] = convert
    return Compiled(str(compiled), compiled.positiontup or (), values, converters)


def _is_converted(column: ColumnElement[Any]) -> bool:
    return isinstance(column.type.dialect_impl(_DIALECT), (TypeDecorator, Enum))


async def run(
    connection: asyncpg.Connection, statement: Executable, parameters: Parameters
) -> list[Row]:
    """Run a statement on a connection and return its rows.

    Raises:
        IntegrityError: it breaks a constraint.
        DBAPIError: Postgres refuses it otherwise, or the connection was lost.
        NotSent: the connection was lost before.
    """
    compiled = compile_statement(statement)
    began = perf_counter()
    try:
        records = await connection.fetch(compiled.sql, *compiled.arguments(parameters))
    except asyncpg.InternalClientError as exc:
        if is_not_sent(exc):
            raise NotSent from exc
        raise
    except (asyncpg.PostgresError, asyncpg.InterfaceError, OSError) as exc:
        raise _as_a_session_would(exc, compiled.sql, lost=connection.is_closed()) from exc
    finally:
        sql.count(perf_counter() - began)
    return [dict(record) for record in records]


def is_not_sent(exc: asyncpg.InternalClientError) -> bool:
    """Tell whether the connection refused a statement because Postgres has said goodbye on it.

    Between that word and the end of the connection asyncpg says neither that it is closed nor why.
    """
    return str(exc).startswith("cannot switch to state")


def _as_a_session_would(exc: Exception, sql: str, *, lost: bool) -> DBAPIError:
    broken = (getattr(exc, "sqlstate", None) or "").startswith(INTEGRITY_VIOLATION)
    kind = IntegrityError if broken else DBAPIError
    return kind(sql, None, exc, hide_parameters=True, connection_invalidated=lost)
