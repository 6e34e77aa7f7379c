"""Statements that are put together from what the catalogs say, and not from anybody's input."""

from typing import Any, LiteralString

from psycopg import Connection, Cursor


def run(connection: Connection[Any], statement: str, *values: Any) -> Cursor[Any]:  # noqa: ANN401
    """Run a statement whose names and literals the server itself quoted."""
    trusted: LiteralString = statement
    return connection.execute(trusted, values or None)


def one(connection: Connection[Any], statement: str) -> Any:  # noqa: ANN401 - whatever it is
    """Return the one value that a statement gives."""
    row = run(connection, statement).fetchone()
    return row[0] if row else None
