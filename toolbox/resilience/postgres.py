"""A Postgres of its own, which may be killed."""

import signal
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from tempfile import TemporaryDirectory

import psutil
import psycopg

from toolbox.checkout import ROOT
from toolbox.errors import ToolboxError
from toolbox.migrations.alembic import upgrade
from toolbox.postgres.account import server_account
from toolbox.postgres.cluster import Cluster

# The service's connections, by the name that it gives them (api/database.py).
OF_THE_SERVICE = "application_name = 'pir'"


@contextmanager
def private() -> Iterator[Cluster]:
    """Make a cluster whose database is at head; it is gone afterwards."""
    account = server_account(ROOT)
    with TemporaryDirectory(prefix="peace-in-rest-", ignore_cleanup_errors=True) as name:
        folder = Path(name).resolve()
        folder.chmod(0o755)
        if not account.reaches(folder):
            raise ToolboxError(
                f"Postgres does not run as root, and no other account can reach {folder}: "
                "set TMPDIR to a folder that all may enter."
            )
        cluster = Cluster(folder / "postgres", account)
        try:
            upgrade(cluster.up(), quiet=True)
            yield cluster
        finally:
            cluster.stop()


def kill(cluster: Cluster) -> None:
    """End all processes of the server at once, as the kernel does when memory runs out."""
    if cluster.pid is None:
        raise ToolboxError(f"Postgres does not run. Its log: {cluster.log}")
    server = psutil.Process(cluster.pid)
    for process in (server, *server.children()):
        with suppress(psutil.NoSuchProcess):
            process.send_signal(signal.SIGKILL)


def end_connections(url: str) -> int:
    """End all connections of the service and return how many there were."""
    end = f"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE {OF_THE_SERVICE}"  # noqa: S608
    with psycopg.connect(url, autocommit=True) as connection:
        return len(connection.execute(end.encode()).fetchall())


def open_transactions(url: str) -> int:
    """Return how many of the service's connections are in a transaction that does nothing."""
    idle = f"SELECT FROM pg_stat_activity WHERE {OF_THE_SERVICE} AND state LIKE 'idle in%'"
    with psycopg.connect(url, autocommit=True) as connection:
        return connection.execute(idle.encode()).rowcount
