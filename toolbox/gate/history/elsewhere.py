"""The same upgrade in another environment, by a process of its own.

`python -m toolbox.gate.history.elsewhere CONFIG URL` is that process.
"""

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg
from psycopg import sql

from toolbox.checkout import ROOT
from toolbox.errors import ToolboxError
from toolbox.gate.catalog import Snapshot
from toolbox.gate.finding import Finding
from toolbox.gate.history.contents import Content, Contents
from toolbox.gate.history.sources import fault
from toolbox.gate.history.stairway import by_subject
from toolbox.gate.project import Project

ENVIRONMENT = {
    "PYTHONHASHSEED": "4242",
    "TZ": "Pacific/Kiritimati",
    "LC_ALL": "C",
    "LANG": "C",
    "USER": "somebody",
    "LOGNAME": "somebody",
    "HOSTNAME": "elsewhere",
}
# What a database or a role may be set to, where it changes how literals are read or written.
SETTINGS = {
    "TimeZone": "Pacific/Kiritimati",
    "DateStyle": "SQL, DMY",
    "IntervalStyle": "sql_standard",
    "bytea_output": "escape",
    "extra_float_digits": "0",
    "lc_monetary": "C",
}


def reset(url: str) -> None:
    """Take back the settings of the database, which are no part of what the revisions made."""
    with psycopg.connect(url, autocommit=True) as connection:
        for name in SETTINGS:
            connection.execute(
                sql.SQL("ALTER DATABASE {} RESET {}").format(
                    sql.Identifier(connection.info.dbname), sql.Identifier(name)
                )
            )


@contextmanager
def upgraded_elsewhere(project: Project, url: str) -> Iterator["subprocess.Popen[str]"]:
    """Begin to upgrade an empty database, in another environment; it goes on meanwhile."""
    with psycopg.connect(url, autocommit=True) as connection:
        for name, value in SETTINGS.items():
            connection.execute(
                sql.SQL("ALTER DATABASE {} SET {} = {}").format(
                    sql.Identifier(connection.info.dbname), sql.Identifier(name), sql.Literal(value)
                )
            )
    command = [sys.executable, "-m", __name__, str(project.config_file), url]
    with subprocess.Popen(
        command,
        cwd=ROOT,
        env={**os.environ, **ENVIRONMENT},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
    ) as process:
        try:
            yield process
        finally:
            process.kill()


def compare(
    here: Snapshot, there: Snapshot, rows_here: Contents, rows_there: Contents
) -> Iterator[Finding]:
    """Give what the same revisions made otherwise in another environment."""
    words = ("elsewhere it is made", "elsewhere it is not made", "elsewhere it has")
    for subject, told in by_subject(here, there, words):
        message = f"{subject}: {told}. The schema depends on where or when the revisions run."
        yield fault("nondeterministic-schema", subject, message, None)
    for name, table in rows_here.tables.items():
        other = rows_there.tables.get(name)
        if other is not None:
            yield from _of_rows(table, other)


def _of_rows(here: Content, there: Content) -> Iterator[Finding]:
    """Give the columns whose values differ, but for those whose default says that they may."""
    for column, values in here.columns.items():
        others = there.columns.get(column, [])
        if column in here.declared or sorted(map(str, values)) == sorted(map(str, others)):
            continue
        differing = next((each for each in values if each not in others), "fewer rows")
        message = (
            f"The revisions write other values to {here.name}.{column} each time, as "
            f"{differing!r}: they depend on the clock, chance or the environment."
        )
        yield fault("nondeterministic-data", f"column {here.name}.{column}", message, None)


def main() -> None:
    """Upgrade the database that the command line names; what fails is said in a line."""
    config, url = sys.argv[1:]
    try:
        Project.load(Path(config)).upgrade(url)
    except ToolboxError as exc:
        sys.exit(str(exc))
    except Exception as exc:  # noqa: BLE001 - a revision may raise anything
        sys.exit(str(exc).strip().splitlines()[0])


if __name__ == "__main__":
    main()
