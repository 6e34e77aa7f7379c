"""Which revision of the database's schema this service was written for."""

from functools import cache
from importlib.resources import files

from sqlalchemy import String, column, select, table
from sqlalchemy.exc import DBAPIError

from api.database import sqlstate
from api.statements import Statements

UNDEFINED_TABLE = "42P01"  # Postgres manual, appendix A

_CURRENT = select(column("version_num", String)).select_from(table("alembic_version"))


@cache
def lineage() -> tuple[str, ...]:
    """Return the revisions that this service knows, oldest first: the last is the one it needs."""
    return tuple(files("api").joinpath("schema_revisions.txt").read_text().split())


async def behind(statements: Statements) -> str | None:
    """Tell in a sentence what the database's schema lacks, or return None if it lacks nothing.

    A revision that this service does not know is newer than it: a deployment migrates first, and
    the version that still serves must not turn itself away because of it.
    """
    head = lineage()[-1]
    try:
        rows = await statements.rows(_CURRENT, {})
    except DBAPIError as exc:
        if sqlstate(exc) != UNDEFINED_TABLE:
            raise
        rows = []
    current = rows[0]["version_num"] if rows else None
    if current is None:
        return f"The database has no schema yet; this service needs revision {head}."
    if current != head and current in lineage():
        return f"The database is at revision {current}; this service needs {head}."
    return None
