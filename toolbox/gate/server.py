"""The server on which the gate makes its throwaway databases."""

import psycopg

from toolbox.checkout import ROOT
from toolbox.errors import ToolboxError
from toolbox.gate.project import Project
from toolbox.postgres import choose
from toolbox.postgres.embedded import Embedded
from toolbox.postgres.given import libpq_url

OLDEST_VERSION = 14


def server(project: Project, given: str | None) -> str:
    """Return the URL of a database on the server; it is connected to, and not written to.

    This checkout's own project takes the server that every session takes. DATABASE_URL of another
    one is left alone, because it may be that of production: there a server has to be named, or the
    embedded one serves.

    Raises:
        ToolboxError: nothing answers there, it lets us not in, or it is too old.
    """
    if given:
        url = libpq_url(given)
        _check(url)
        return url
    return (choose() if project.config_file.parent == ROOT else Embedded()).up()


def _check(url: str) -> None:
    try:
        with psycopg.connect(url, connect_timeout=5) as connection:
            number = connection.info.server_version
    except (psycopg.Error, UnicodeError) as exc:
        reason = " ".join(str(exc).split())
        raise ToolboxError(
            f"No database can be made there: {reason}\n  Check --server, or leave it out: an "
            "embedded Postgres then serves."
        ) from None
    if number < OLDEST_VERSION * 10_000:
        raise ToolboxError(
            f"That is Postgres {number // 10_000}; the gate needs {OLDEST_VERSION} or newer."
        )
