"""Postgres clusters that a test may break."""

import secrets
import signal
import socket
import subprocess
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from pathlib import Path

import psutil
import psycopg

from toolbox.postgres.account import Account
from toolbox.postgres.cluster import Cluster
from toolbox.postgres.ports import PORTS

# How long to wait for what must happen; a test never asks how long it took.
PATIENCE = 30  # seconds


def query(url: str, statement: str) -> list[tuple[object, ...]]:
    """Run a statement on a connection of its own and return its rows."""
    with psycopg.connect(url, autocommit=True) as connection:
        cursor = connection.execute(statement.encode())
        return cursor.fetchall() if cursor.description else []


def remember(url: str, word: str) -> None:
    """Commit a word, to see later whether it survived."""
    query(url, "CREATE TABLE IF NOT EXISTS memory (word text)")
    query(url, f"INSERT INTO memory VALUES ('{word}')")  # noqa: S608 - a word of a test's own


def remembered(url: str) -> set[object]:
    """Return the words that survived."""
    return {word for (word,) in query(url, "SELECT word FROM memory")}


def copy(made: Path, home: Path, account: Account) -> Cluster:
    """Copy a stopped cluster, all but its programs; the copy has yet to choose its port."""
    home.mkdir(mode=0o700)
    account.own(home)
    subprocess.run(["cp", "-a", made / "data", made / "password", home], check=True)
    programs = next(made.glob("programs-*"))
    (home / programs.name).symlink_to(programs)
    return Cluster(home, account)


def end(cluster: Cluster) -> None:
    """End all processes of a cluster, whatever state a test left it in."""
    pid = cluster.pid
    if pid is not None:
        with suppress(psutil.NoSuchProcess):
            server = psutil.Process(pid)
            server.send_signal(signal.SIGINT)  # a fast shutdown; unlike a kill it frees its memory
            wait_until_ended(server)
    for process in processes_in(cluster.home):
        with suppress(psutil.NoSuchProcess):
            process.kill()


def wait_until_ended(process: psutil.Process) -> None:
    """Wait for the end of a process that is not our child, and whose own parent may be slow to ask
    how it ended."""

    def has_ended() -> bool:
        try:
            return bool(process.status() == psutil.STATUS_ZOMBIE)
        except psutil.NoSuchProcess:
            return True

    wait_until(has_ended)


def wait_until(condition: Callable[[], object]) -> None:
    """Wait for what must happen, and fail if it does not."""
    deadline = time.monotonic() + PATIENCE
    while not condition():
        assert time.monotonic() < deadline, "what had to happen did not"
        time.sleep(0.01)


def free_port(ports: Sequence[int] = PORTS) -> int:
    """Return a port that nobody listens on."""
    while True:
        with suppress(OSError), socket.create_server(("127.0.0.1", secrets.choice(ports))) as free:
            port: int = free.getsockname()[1]
            return port


def processes_in(folder: Path) -> list[psutil.Process]:
    """Return the processes that work in a folder, or in one below it."""
    return [
        process
        for process in psutil.process_iter()
        if (cwd := _cwd(process)) is not None and cwd.is_relative_to(folder)
    ]


def _cwd(process: psutil.Process) -> Path | None:
    try:
        return Path(process.cwd())
    except psutil.Error:
        return None
