"""A server that somebody else runs, named by DATABASE_URL: used, and never stopped or reset."""

import psycopg

from toolbox.errors import ToolboxError
from toolbox.postgres.server import check


def libpq_url(url: str) -> str:
    """Return a URL without the driver that SQLAlchemy's URLs name, as libpq's programs need it."""
    scheme, separator, rest = url.partition("://")
    if not separator or scheme.split("+", 1)[0] not in {"postgres", "postgresql"}:
        raise ToolboxError(
            "DATABASE_URL is not that of a Postgres database: expected "
            "postgresql://user:password@host:port/database"
        )
    return f"postgresql://{rest}"


class Given:
    """The server of DATABASE_URL."""

    name = "DATABASE_URL"

    def __init__(self, url: str) -> None:
        """Take the URL as the environment has it."""
        self._url = libpq_url(url)

    def up(self) -> str:
        """Return the URL, after one look whether it works."""
        check(self._url)
        return self._url

    def in_use(self, url: str) -> str:
        """Return the URL: there is but one database."""
        return url

    def status(self) -> str:
        """Say where it is, and whether it answers."""
        check(self._url)
        info = psycopg.conninfo.conninfo_to_dict(self._url)
        return f"answers at {info.get('host')}:{info.get('port', 5432)}/{info.get('dbname')}"

    def stop(self) -> str:
        """Refuse: it is not ours."""
        raise self._not_ours("stopped")

    def reset(self) -> str:
        """Refuse: it is not ours."""
        raise self._not_ours("reset")

    def _not_ours(self, done: str) -> ToolboxError:
        return ToolboxError(
            f"DATABASE_URL is set, and a database that the toolbox did not make is never {done} by "
            "it. Unset DATABASE_URL to work on this checkout's own Postgres."
        )
