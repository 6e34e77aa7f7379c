"""What happens to a cluster that its owner did not stop properly, or whose files were changed."""

import os
import subprocess
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from pathlib import Path

import psutil
import psycopg
import pytest

from tests.toolbox.clusters import (
    PATIENCE,
    free_port,
    query,
    remember,
    remembered,
    wait_until,
    wait_until_ended,
)
from toolbox.errors import ToolboxError
from toolbox.postgres import binaries, faults
from toolbox.postgres.account import Account
from toolbox.postgres.cluster import Cluster


def kill(cluster: Cluster) -> None:
    """Kill the server as the kernel does when memory is short."""
    assert cluster.pid is not None
    server = psutil.Process(cluster.pid)
    server.kill()
    wait_until_ended(server)


class TestKilled:
    def test_up_at_once(self, cluster: Cluster) -> None:
        """What was committed survives a kill, and the next call starts the server again."""
        url = cluster.up()
        remember(url, "committed")
        with psycopg.connect(url) as connection:
            connection.execute("INSERT INTO memory VALUES ('not committed')")
            kill(cluster)
            assert cluster.up() == url
            with suppress(psycopg.OperationalError):
                connection.rollback()
        assert remembered(url) == {"made", "committed"}

    def test_while_a_statement_runs(self, cluster: Cluster) -> None:
        """A start waits for what the killed server left running, since both would write."""
        url = cluster.up()
        busy = threading.Thread(target=compute, args=[url])
        busy.start()
        wait_for_computation(url)
        kill(cluster)
        assert remembered(cluster.up()) == {"made"}
        busy.join(PATIENCE)
        assert not busy.is_alive()

    def test_while_somebody_waits_for_it(self, cluster: Cluster) -> None:
        """Who took a server for a running one starts another when it turns out to be dying."""
        url = cluster.up()
        assert cluster.pid is not None
        server = psutil.Process(cluster.pid)
        server.suspend()
        with ThreadPoolExecutor() as threads:
            started = threads.submit(cluster.up)
            wait_until(lambda: any(one.raddr for one in psutil.Process().net_connections()))
            server.kill()
            assert started.result(PATIENCE) == url
        assert remembered(url) == {"made"}


def compute(url: str) -> None:
    """Keep a backend busy, so that it does not notice at once that its server is dead."""
    with suppress(psycopg.OperationalError):
        query(url, "DO 'BEGIN FOR i IN 1..300000000 LOOP NULL; END LOOP; END'")


def wait_for_computation(url: str) -> None:
    running = "SELECT 1 FROM pg_stat_activity WHERE query ~ 'LOOP NULL' AND state = 'active'"
    wait_until(lambda: query(url, f"{running} AND pid <> pg_backend_pid()"))


class TestStartedByHand:
    def test_is_left_alone(self, cluster: Cluster, monkeypatch: pytest.MonkeyPatch) -> None:
        """A server that somebody started by hand on this data is not taken for a dead one."""
        monkeypatch.setattr(faults, "STILL_DYING", "(?!)")  # or it waits for a minute
        options = f"-c port={free_port()} -c unix_socket_directories=''"
        pg_ctl(cluster, "start", "--log=log", "--options", options)
        noted = (cluster.data / "postmaster.pid").read_text()
        with pytest.raises(ToolboxError, match="Is another postmaster"):
            cluster.up()
        assert (cluster.data / "postmaster.pid").read_text() == noted
        pg_ctl(cluster, "stop")
        assert remembered(cluster.up()) == {"made"}


def pg_ctl(cluster: Cluster, *arguments: str) -> None:
    """Start or stop a server as somebody does who stands in the cluster's folder."""
    program = str(binaries.program("pg_ctl", binaries.install(cluster.home)))
    command = [program, *arguments, "--wait", "--pgdata=data"]
    account = cluster.account.run_as
    subprocess.run(command, cwd=cluster.home, check=True, stdout=subprocess.DEVNULL, **account)


class TestStalePid:
    """After a power cut postmaster.pid remains, with a number that means nothing any more."""

    def test_of_nobody(self, cluster: Cluster) -> None:
        """A process id that nobody has is ignored."""
        with subprocess.Popen(["true"]) as dead:
            pass
        leave_pid(cluster, dead.pid)
        assert cluster.pid is None
        assert remembered(cluster.up()) == {"made"}

    def test_of_another_program(self, cluster: Cluster) -> None:
        """A process id that another program of the same account has by now is ignored."""
        with asleep(cluster.account) as other:
            leave_pid(cluster, other.pid)
            assert cluster.pid is None
            assert remembered(cluster.up()) == {"made"}
            assert other.poll() is None

    def test_beside_processes_that_come_and_go(
        self, cluster: Cluster, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """A program that ends while we look at all of them does not matter."""
        with asleep(cluster.account) as other, subprocess.Popen(["true"]) as dead:
            processes = [psutil.Process(dead.pid), *psutil.process_iter()]
            dead.wait()
            monkeypatch.setattr(psutil, "process_iter", lambda: iter(processes))
            leave_pid(cluster, other.pid)
            assert remembered(cluster.up()) == {"made"}

    def test_garbage(self, cluster: Cluster) -> None:
        """A lock file of ours, whatever is in it, does not matter once its owner is dead."""
        cluster.home.with_name("postgres.lock").write_text("4711\nnonsense\n")
        assert remembered(cluster.up()) == {"made"}


def leave_pid(cluster: Cluster, pid: int) -> None:
    """Leave the file of a server with this process id that ended without a word."""
    cluster.up()
    file = cluster.data / "postmaster.pid"
    lines = file.read_text().split("\n")
    cluster.stop()
    file.write_text("\n".join([str(pid), *lines[1:]]))
    file.chmod(0o600)
    cluster.account.own(file)


@contextmanager
def asleep(account: Account) -> Iterator["subprocess.Popen[bytes]"]:
    """Another program of the account that runs the server."""
    with subprocess.Popen(["sleep", "600"], cwd="/", **account.run_as) as process:
        try:
            yield process
        finally:
            process.kill()


class TestAnotherVersion:
    def test_is_left_alone(self, cluster: Cluster) -> None:
        """The data of another major version is not touched; the message names both and a way."""
        (cluster.data / "PG_VERSION").write_text("17\n")
        before = listing(cluster.home)
        with pytest.raises(ToolboxError) as refused:
            cluster.up()
        assert before.items() ^ listing(cluster.home).items() == set()
        for words in ("Postgres 17", "Postgres 18", "pg_dump", "nox -s db -- reset"):
            assert words in str(refused.value)

    def test_reset_is_the_way_out(self, cluster: Cluster) -> None:
        """What the message says to do if the data is not needed helps, and the port stays."""
        (cluster.home / "port").write_text(str(port := free_port()))
        (cluster.data / "PG_VERSION").write_text("17\n")
        cluster.delete()
        anew = cluster.up()
        assert cluster.port == port
        assert query(anew, "SELECT * FROM pg_tables WHERE schemaname = 'public'") == []


def listing(folder: Path) -> dict[Path, tuple[int, int]]:
    """Return the size and the time of the last change of all that is in a folder."""
    return {
        path: (status.st_size, status.st_mtime_ns)
        for path in folder.rglob("*")
        for status in [path.lstat()]
    }


class TestUnreadable:
    @pytest.mark.parametrize("part", ["data", "data/global"])
    def test_says_whose_it_is(self, cluster: Cluster, part: str) -> None:
        """Files that the account may not read are explained in a sentence, and left alone."""
        path = cluster.home / part
        owner, mode = path.stat(), path.stat().st_mode
        if os.geteuid() == 0:
            os.chown(path, 0, 0)
        else:
            path.chmod(0)
        try:
            with pytest.raises(ToolboxError, match="belongs to another account"):
                cluster.up()
        finally:
            if os.geteuid() == 0:
                os.chown(path, owner.st_uid, owner.st_gid)
            path.chmod(mode)
        assert remembered(cluster.up()) == {"made"}

    @pytest.mark.skipif(os.geteuid() == 0, reason="root may read everything")
    def test_home_of_another_account(self, cluster: Cluster) -> None:
        """After a run as root a user is told so by every command, and no process is shown."""
        cluster.home.chmod(0)
        try:
            for command in (cluster.up, cluster.stop, lambda: cluster.pid):
                with pytest.raises(ToolboxError, match="belongs to another account"):
                    command()
        finally:
            cluster.home.chmod(0o700)
        assert remembered(cluster.up()) == {"made"}
