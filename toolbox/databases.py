"""Databases that are thrown away: made beside the one in use, and gone when their owner is.

Their names begin with PREFIX and the id of the run that made them. A run that is alive has a
connection open whose application name is that same beginning: so the next run can tell what a dead
one left, and drops it.
"""

import hashlib
import secrets
from collections.abc import Iterable
from contextlib import suppress
from itertools import count
from types import TracebackType
from typing import LiteralString, Self
from urllib.parse import quote, unquote, urlsplit

import psycopg
from psycopg import sql

from toolbox.checkout import ROOT
from toolbox.errors import ToolboxError
from toolbox.migrations.alembic import upgrade

PREFIX = "pir_throwaway"
KEPT_PREFIX = "pir_kept"
TEMPLATE_PREFIX = "pir_template"
TEMPLATES_KEPT = 3
# Why a role stays: something else depends on it, uses it, or made it.
NEEDED = (
    psycopg.errors.DependentObjectsStillExist,
    psycopg.errors.InsufficientPrivilege,
    psycopg.errors.ObjectInUse,
)


def on_same_server(url: str, database: str) -> str:
    """Return the URL of another database of the same server."""
    return urlsplit(url)._replace(path=f"/{quote(database, safe='')}").geturl()


def without_password(url: str) -> tuple[str, str | None]:
    """Return a URL without its password, and the password."""
    parts = urlsplit(url)
    account, at, host = parts.netloc.rpartition("@")
    user, _, password = account.partition(":")
    return parts._replace(netloc=f"{user}{at}{host}").geturl(), unquote(password) or None


class Throwaways:
    """The throwaway databases of one run: leaving the context drops them, however it is left.

    Attributes:
        roles: those that belong to the databases, and go with the last of them.
    """

    def __init__(self, url: str) -> None:
        """Take the URL of a database on the server; it is connected to, and not written to."""
        self.url = url
        self.name = f"{PREFIX}_{secrets.token_hex(4)}"
        self._made: list[str] = []
        self.roles: frozenset[str] = frozenset()
        self._numbers = count(2)

    def __enter__(self) -> Self:
        """Connect, and drop what dead runs left."""
        self._connection = psycopg.connect(self.url, autocommit=True, application_name=self.name)
        self._drop_leftovers()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        """Drop all that this run made."""
        for name in list(self._made):
            self._drop(name)
        self._connection.close()

    @property
    def server_version(self) -> str:
        """The version of the server, as "18.6"."""
        number = self._connection.info.server_version
        return f"{number // 10_000}.{number % 10_000}"

    def create(self, label: str, template: str = "template0") -> str:
        """Make a database, empty or as the template is, and return its URL.

        Its name says what for, by the label; if there is one already, it gets a number too.

        Raises:
            ToolboxError: the role of the URL may not make databases.
        """
        name = f"{self.name}_{label}"
        if name in self._made:
            name = f"{name}_{next(self._numbers)}"
        self._made.append(name)
        try:
            self._run("CREATE DATABASE {} TEMPLATE {}", name, template)
        except psycopg.errors.InsufficientPrivilege as exc:
            role = self._connection.info.user
            raise ToolboxError(
                f"The role {role!r} may not make databases, and tests never use the one of "
                f"DATABASE_URL itself: {exc.diag.message_primary}. As an administrator: "
                f'ALTER ROLE "{role}" CREATEDB; or unset DATABASE_URL to use the embedded Postgres.'
            ) from None
        return on_same_server(self.url, name)

    def own_roles(self, names: Iterable[str]) -> None:
        """Let roles go with the databases, but for those that are on the server already."""
        found = self._connection.execute("SELECT rolname FROM pg_roles")
        self.roles = frozenset(names) - {name for (name,) in found}

    def drop(self, url: str) -> None:
        """Drop one of this run's databases before the others."""
        self._drop(name_in(url))

    def keep(self, url: str, name: str) -> None:
        """Give one of this run's databases another name, under which it outlives the run.

        Of a database that was kept under this name before, only the new one stays.
        """
        kept = f"{KEPT_PREFIX}_{name}"
        self._run("DROP DATABASE IF EXISTS {} WITH (FORCE)", kept)
        old = name_in(url)
        self._run("ALTER DATABASE {} RENAME TO {}", old, kept)
        self._made.remove(old)

    def migrated_template(self) -> str:
        """Return the name of a database at the newest revision, to make others of.

        It stays when the run ends, and is made anew when a revision is added or changes.
        """
        name = f"{TEMPLATE_PREFIX}_{_migrations_digest()}"
        # Of two runs that need it at once, one makes it and the other waits.
        key = int.from_bytes(hashlib.sha256(name.encode()).digest()[:8], signed=True)
        self._connection.execute("SELECT pg_advisory_lock(%s)", [key])
        try:
            if name not in self._names(TEMPLATE_PREFIX):
                self._make_template(name)
        finally:
            self._connection.execute("SELECT pg_advisory_unlock(%s)", [key])
        return name

    def _make_template(self, name: str) -> None:
        unfinished = self.create("template")
        upgrade(unfinished, quiet=True)
        self._run("ALTER DATABASE {} RENAME TO {}", self._made.pop(), name)
        for old in self._names(TEMPLATE_PREFIX)[:-TEMPLATES_KEPT]:
            self._run("DROP DATABASE IF EXISTS {}", old)

    def _names(self, prefix: str) -> list[str]:
        """Return the databases of this prefix that we may drop, oldest first."""
        found = self._connection.execute(
            """
            SELECT datname FROM pg_database
            WHERE starts_with(datname, %s) AND pg_has_role(datdba, 'USAGE') ORDER BY oid
            """,
            [f"{prefix}_"],
        )
        return [name for (name,) in found]

    def _drop_leftovers(self) -> None:
        # The databases first: a run that makes one after this look is alive at the next.
        names = self._names(PREFIX)
        alive = self._connection.execute("SELECT DISTINCT application_name FROM pg_stat_activity")
        runs = tuple(f"{name}_" for (name,) in alive if name and name.startswith(PREFIX))
        for name in names:
            if not name.startswith(runs):
                self._drop(name)

    def _drop(self, name: str) -> None:
        try:
            self._run("DROP DATABASE IF EXISTS {} WITH (FORCE)", name)
        except psycopg.errors.ObjectInUse:
            self._end_subscriptions(name)
            self._run("DROP DATABASE IF EXISTS {} WITH (FORCE)", name)
        if name in self._made:
            self._made.remove(name)
        for role in self.roles if not self._made else ():
            with suppress(*NEEDED):
                self._run("DROP ROLE IF EXISTS {}", role)

    def _end_subscriptions(self, name: str) -> None:
        """Drop what keeps a database from being dropped; of the other server it asks nothing."""
        with psycopg.connect(on_same_server(self.url, name), autocommit=True) as connection:
            found = connection.execute(
                """
                SELECT subname FROM pg_subscription JOIN pg_database ON pg_database.oid = subdbid
                WHERE datname = current_database()
                """
            ).fetchall()
            for (subscription,) in found:
                for end in (
                    "ALTER SUBSCRIPTION {} DISABLE",
                    "ALTER SUBSCRIPTION {} SET (slot_name = NONE)",
                    "DROP SUBSCRIPTION {}",
                ):
                    connection.execute(sql.SQL(end).format(sql.Identifier(subscription)))

    def _run(self, statement: LiteralString, *names: str) -> None:
        self._connection.execute(sql.SQL(statement).format(*map(sql.Identifier, names)))


def name_in(url: str) -> str:
    """Return the name of the database in a URL."""
    return unquote(urlsplit(url).path.removeprefix("/"))


def _migrations_digest() -> str:
    digest = hashlib.sha256()
    for path in sorted((ROOT / "migrations").rglob("*.py")):
        digest.update(path.read_bytes())
    return digest.hexdigest()[:12]
