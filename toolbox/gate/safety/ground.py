"""The two databases on which revisions are run: one with the project's own rows, one full."""

from collections.abc import Sequence
from contextlib import suppress
from typing import Any
from urllib.parse import unquote, urlsplit

import psycopg
from alembic.runtime.migration import MigrationStep
from alembic.script import Script
from psycopg import Connection

from toolbox.databases import Throwaways
from toolbox.errors import ToolboxError
from toolbox.gate.project import Project
from toolbox.gate.safety import recorder, repair, sql
from toolbox.gate.safety.previous_app import advance_sequences
from toolbox.gate.safety.tracing import Trace
from toolbox.gate.seeding import seed

ROWS = 2_000  # a table

TABLES = """
SELECT format('%I.%I', nspname, relname)
FROM pg_class JOIN pg_namespace AS n ON n.oid = relnamespace
WHERE relkind IN ('r', 'p', 'm') AND relispopulated AND nspname !~ '^pg_|^information_schema$'
"""


class Ground:
    """A database that only has what the revisions write (`empty`), and one that is `filled`.

    Both go from revision to revision: a copy for each would cost more than all the rest.
    `on_empty` is what the last revision raised on the first.
    """

    def __init__(self, project: Project, databases: Throwaways, rows: int) -> None:
        self.project = project
        self.databases = databases
        self.rows = rows
        self.empty = databases.create("safety")
        self.on_empty: Exception | None = None
        self._filled: str | None = None
        self._unfilled: set[str] | None = None

    @property
    def filled(self) -> str:
        """The URL of the database with rows, which `prepare` makes."""
        if self._filled is None:
            self._filled = self.databases.create("safety_filled", self._template())
            self._unfilled = None
        return self._filled

    @property
    def version_table(self) -> str:
        """The name of the table in which Alembic writes how far it is."""
        return str(self.project.options.get("version_table") or "alembic_version")

    def pass_by(self, scripts: Sequence[Script]) -> None:
        """Run revisions that nobody judges."""
        revision_map = self.project.scripts.revision_map
        steps = [MigrationStep.upgrade_from_script(revision_map, one) for one in scripts]
        self.project.run(self.empty, lambda _, __: steps)
        self._forget()

    def prepare(self, script: Script) -> None:
        """Write rows, run a revision on the empty database, and let the rows satisfy it.

        That a table cannot have rows is the history's finding.
        """
        with psycopg.connect(self.filled, autocommit=True) as connection:
            if self._unfilled is None:
                self.ours = int(
                    sql.one(connection, "SELECT txid_snapshot_xmax(txid_current_snapshot())")
                )
                recorder.install(connection)
            seed(connection, self.rows, tables=self._unfilled)
            advance_sequences(connection)
            self.on_empty = self.attempt(self.empty, script)
            with psycopg.connect(self.empty, autocommit=True) as after:
                repair.satisfy(connection, after, since=self.ours % 2**32)

    def attempt(self, url: str, script: Script) -> Exception | None:
        """Return what a revision raises on a database: an author's mistake may be anything."""
        try:
            self.project.step_up(url, script)
        except ToolboxError:
            raise
        except Exception as exc:  # noqa: BLE001
            return exc
        return None

    def advance(self, trace: Trace, *, failed: bool) -> None:
        """Go on to the next revision: tables that are new or have other columns need rows."""
        if failed or not trace.steps:
            self._forget()
            return
        first, last = trace.steps[0].before, trace.steps[-1].after
        self._unfilled = {
            last.relations[oid].name
            for oid, columns in last.columns.items()
            if columns != first.columns.get(oid)
        }

    def leave(self) -> None:
        """Drop both."""
        self._forget()
        self.databases.drop(self.empty)

    def _forget(self) -> None:
        if self._filled is not None:
            self.databases.drop(self._filled)
        self._filled = None

    def _template(self) -> str:
        """Return the empty database's name, when nobody is connected to it any more."""
        name = unquote(urlsplit(self.empty).path.removeprefix("/"))
        ending = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %s"
        with (
            suppress(psycopg.errors.InsufficientPrivilege),
            psycopg.connect(self.databases.url, autocommit=True) as connection,
        ):
            connection.execute(ending, [name])
        return name


def row_counts(connection: Connection[Any]) -> dict[str, int]:
    """Return how many rows each table and materialized view has."""
    names = [name for (name,) in connection.execute(TABLES)]
    return {name: sql.one(connection, f"SELECT count(*) FROM {name}") for name in names}  # noqa: S608
