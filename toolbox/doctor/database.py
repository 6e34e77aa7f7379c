"""The database that the sessions use: which one, whether it answers, what it is like inside."""

import time
from collections.abc import Iterator

import psycopg

from toolbox.databases import KEPT_PREFIX, PREFIX, Throwaways
from toolbox.doctor.diagnosis import Diagnosis, fault, note, well
from toolbox.errors import ToolboxError
from toolbox.migrations import lineage
from toolbox.postgres import SWITCH, Server, choose

# By a server's name, what does without it.
MENDS = {"DATABASE_URL": "unset DATABASE_URL", "docker": f"unset {SWITCH}"}
CLOCKS_AGREE = 5  # seconds
LONG = 60  # seconds
FEW_LEFT = 10  # connections


def look_at_database() -> Iterator[Diagnosis]:
    """Look at the database, if it runs: to look starts nothing."""
    try:
        server = choose()
    except ToolboxError:
        return  # the variables are at fault, and said to be
    try:
        status = server.status()
    except ToolboxError as exc:
        yield fault("Database", str(exc), MENDS.get(server.name))
        return
    if status.startswith("stopped"):
        yield note("Database", f"{server.name}: {status}")
        return
    try:
        yield from _inside(server, status)
    except psycopg.Error as exc:
        yield fault("Database", str(exc), MENDS.get(server.name, "nox -s db -- status"))


def _inside(server: Server, status: str) -> Iterator[Diagnosis]:
    url = server.up()
    asked = time.perf_counter()
    with psycopg.connect(url, autocommit=True, connect_timeout=5) as connection:
        took = time.perf_counter() - asked
        version = connection.info.parameter_status("server_version")
        yield well(
            "Database", f"{server.name}: {status}; Postgres {version}, in {took * 1000:.0f} ms"
        )
        yield _clock(connection)
        yield _connections(connection)
        yield _revision(connection)
        yield from _waiting(connection)
        yield from _leftovers(connection, url)


def _clock(connection: psycopg.Connection) -> Diagnosis:
    row = connection.execute("SELECT extract(epoch FROM clock_timestamp())::float8").fetchone()
    assert row is not None  # noqa: S101 - a SELECT without FROM has one row
    ahead = row[0] - time.time()
    if abs(ahead) > CLOCKS_AGREE:
        return fault(
            "Database's clock",
            f"it is {abs(ahead):.0f} s {'ahead of' if ahead > 0 else 'behind'} this machine's, so "
            "that tokens end at the wrong time: set the one that is wrong",
            "sudo timedatectl set-ntp true",
        )
    return well("Database's clock", "agrees with this machine's")


def _connections(connection: psycopg.Connection) -> Diagnosis:
    row = connection.execute(
        "SELECT count(*), current_setting('max_connections')::int FROM pg_stat_activity "
        "WHERE backend_type = 'client backend'"
    ).fetchone()
    assert row is not None  # noqa: S101 - an aggregate has one row
    used, most = row
    said = f"{used} of {most} in use"
    if most - used < FEW_LEFT:
        return fault("Connections", said, "nox -s db -- stop")
    return well("Connections", said)


def _revision(connection: psycopg.Connection) -> Diagnosis:
    try:
        known = lineage.revisions()
    except ToolboxError:
        return note("Schema", "not judged while the history is not one")
    if connection.execute("SELECT to_regclass('alembic_version')").fetchone() == (None,):
        return fault("Schema", "the database has no tables yet", "nox -s migrate")
    current = [name for (name,) in connection.execute("SELECT version_num FROM alembic_version")]
    if current == known[-1:]:
        return well("Schema", f"at {current[0]}, the newest revision")
    if unknown := [name for name in current if name not in known]:
        return fault(
            "Schema",
            f"at {', '.join(unknown)}, which this branch does not have: go to the branch that has "
            "it and downgrade there, or begin with an empty database",
            "nox -s db -- reset",
        )
    behind = len(known) - 1 - known.index(current[0]) if current else len(known)
    said = "one revision behind" if behind == 1 else f"{behind} revisions behind"
    return fault("Schema", said, "nox -s migrate")


def _waiting(connection: psycopg.Connection) -> Iterator[Diagnosis]:
    found = connection.execute(
        """
        SELECT pid, extract(epoch FROM clock_timestamp() - xact_start)::int, query,
               (SELECT count(*) FROM pg_stat_activity AS blocked
                WHERE sessions.pid = ANY(pg_blocking_pids(blocked.pid)))
        FROM pg_stat_activity AS sessions
        WHERE datname = current_database() AND state LIKE 'idle in transaction%%'
          AND xact_start < clock_timestamp() - make_interval(secs => %s)
        """,
        [LONG],
    )
    for pid, seconds, query, blocked in found.fetchall():
        yield fault(
            "Transactions",
            f"one is open and idle for {seconds} s, and {blocked} wait for it; its last statement: "
            f"{' '.join(query.split())[:80]}",
            f'nox -s db -- psql -c "SELECT pg_terminate_backend({pid})"',
        )


def _leftovers(connection: psycopg.Connection, url: str) -> Iterator[Diagnosis]:
    names = [name for (name,) in connection.execute("SELECT datname FROM pg_database")]
    alive = connection.execute("SELECT application_name FROM pg_stat_activity").fetchall()
    runs = tuple(f"{name}_" for (name,) in alive if name and name.startswith(PREFIX))
    dead = [name for name in names if name.startswith(f"{PREFIX}_") and not name.startswith(runs)]
    if dead:
        yield fault(
            "Leftovers",
            f"{len(dead)} databases of runs that were killed",
            "nox -s doctor -- --fix",
            lambda: _drop_leftovers(url),
        )
    for name in names:
        if name.startswith(KEPT_PREFIX):
            yield note(
                "Leftovers",
                f"{name} was kept for you to look at",
                f'nox -s db -- psql -c "DROP DATABASE {name}"',
            )


def _drop_leftovers(url: str) -> str:
    with Throwaways(url):  # drops them when it begins
        return "The databases of runs that were killed are dropped."
