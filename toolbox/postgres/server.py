"""What the sessions ask of a Postgres server, wherever it comes from."""

from typing import Protocol

import psycopg

from toolbox.errors import NotWell, in_one_line

# uuidv7() makes the ids.
OLDEST_VERSION = 18


class Server(Protocol):
    """A Postgres server with the database that the service uses in development."""

    name: str

    def up(self) -> str:
        """Return the database's URL, after starting the server if need be and if it is ours."""

    def in_use(self, url: str) -> str:
        """Return the URL of the database that is in use now, by that of one that was before."""

    def status(self) -> str:
        """Say in a line whether it runs, and where."""

    def stop(self) -> str:
        """Stop the server, and say so."""

    def reset(self) -> str:
        """Delete all data of the server, and say so."""


def check(url: str) -> None:
    """Connect once, so that what is wrong with a URL is said before anything relies on it.

    Raises:
        ToolboxError: nothing answers there, it lets us not in, or it is too old.
    """
    try:
        with psycopg.connect(url, connect_timeout=5) as connection:
            version = connection.info.server_version // 10_000
    except (psycopg.Error, UnicodeError) as exc:
        raise NotWell(
            f"DATABASE_URL cannot be used: {in_one_line(str(exc))}\n"
            "  Check it, or unset it: the toolbox then starts a Postgres of its own."
        ) from None
    if version < OLDEST_VERSION:
        raise NotWell(
            f"DATABASE_URL leads to Postgres {version}; the schema needs {OLDEST_VERSION} or newer."
        )
