"""A checkout's cluster: made and started on demand, found again, and closed to everyone else."""

import os
import socket
import stat
import subprocess
import sys
from pathlib import Path

import psutil
import psycopg
import pytest

from tests.toolbox import clusters
from tests.toolbox.clusters import PATIENCE, query, remember, remembered
from toolbox.checkout import ROOT
from toolbox.errors import ToolboxError
from toolbox.postgres import ports
from toolbox.postgres.account import Account
from toolbox.postgres.cluster import Cluster
from toolbox.processes import ask

# Another session, which starts a cluster when it is told to.
PROGRAM = """
import sys
from pathlib import Path
from toolbox.checkout import ROOT
from toolbox.postgres.account import server_account
from toolbox.postgres.cluster import Cluster
cluster = Cluster(Path(sys.argv[1]), server_account(ROOT))
print("ready", flush=True)
sys.stdin.readline()
print(cluster.up(), cluster.pid)
"""


class TestUp:
    def test_makes_a_database(self, server: str) -> None:
        """The URL leads to a database that can be written to."""
        remember(server, "new")
        assert remembered(server) == {"made", "new"}

    def test_finds_the_running_server(self, cluster: Cluster) -> None:
        """A second call starts nothing."""
        url, pid = cluster.up(), cluster.pid
        assert pid is not None
        assert (cluster.up(), cluster.pid) == (url, pid)

    def test_databases_lie_apart(self, cluster: Cluster, tmp_path: Path) -> None:
        """The folder of databases has chattr's attribute T, where the file system knows it."""
        try:
            ask(["chattr", "+T", str(tmp_path)])
        except (OSError, ToolboxError):
            pytest.skip("this file system has no attribute T, or nothing that sets it")
        cluster.up()
        assert "T" in ask(["lsattr", "-d", str(cluster.data / "base")]).split()[0]

    def test_keeps_data_and_port(self, cluster: Cluster) -> None:
        """What was committed before a stop is there after the next start, at the same URL."""
        url = cluster.up()
        remember(url, "before the stop")
        assert cluster.stop()
        assert cluster.pid is None
        assert cluster.up() == url
        assert remembered(url) == {"made", "before the stop"}

    def test_twice_at_once(self, place: Path, account: Account) -> None:
        """Two sessions that need the server at the same moment make and start one."""
        home = place / "postgres"
        sessions = [
            subprocess.Popen(
                [sys.executable, "-c", PROGRAM, str(home)],
                cwd=ROOT,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.PIPE,
                text=True,
            )
            for _ in range(2)
        ]
        try:
            for session in sessions:
                assert session.stdout is not None
                assert session.stdout.readline() == "ready\n"
            for session in sessions:
                assert session.stdin is not None
                session.stdin.write("\n")
                session.stdin.flush()
            outcomes = [session.communicate(timeout=PATIENCE) for session in sessions]
            assert [session.returncode for session in sessions] == [0, 0], outcomes
            first, second = (out for out, _ in outcomes)
            assert first == second
            servers = [
                process
                for process in clusters.processes_in(place)
                if str(home / "data") in process.cmdline()
            ]
            assert len(servers) == 1
        finally:
            for session in sessions:
                session.kill()
                session.wait()
            clusters.end(Cluster(home, account))


class TestMaking:
    def test_is_killed(self, place: Path, account: Account) -> None:
        """A session that is killed while it makes a cluster leaves nothing that is in the way, nor
        does the `initdb` that it cannot end."""
        home = place / "postgres"
        cluster = Cluster(home, account)
        session = subprocess.Popen(
            [sys.executable, "-c", PROGRAM, str(home)],
            cwd=ROOT,
            stdin=subprocess.PIPE,
            stdout=subprocess.DEVNULL,
        )
        try:
            assert session.stdin is not None
            session.stdin.write(b"\n")
            session.stdin.flush()
            clusters.wait_until(lambda: list(home.glob("data*/PG_VERSION")))
            session.kill()
            session.communicate()
            remember(cluster.up(), "made in the end")
        finally:
            session.kill()
            session.communicate()
            clusters.end(cluster)


class TestAccess:
    @pytest.mark.parametrize("password", ["wrong", ""])
    def test_needs_the_password(
        self, server: str, password: str, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """Nobody gets in without the password, although they be on this machine."""
        monkeypatch.setenv("PGPASSFILE", "/nonexistent")
        monkeypatch.delenv("PGPASSWORD", raising=False)
        secret = psycopg.conninfo.conninfo_to_dict(server)["password"]
        with pytest.raises(psycopg.OperationalError, match="password"):
            psycopg.connect(server.replace(f":{secret}@", f":{password}@"))

    def test_replication_needs_it_too(self, server: str) -> None:
        """No line of pg_hba.conf trusts anyone."""
        methods = query(server, "SELECT DISTINCT auth_method FROM pg_hba_file_rules")
        assert methods == [("scram-sha-256",)]

    def test_listens_on_loopback_only(self, cluster: Cluster) -> None:
        """Other machines cannot connect, and there is no socket file for other accounts."""
        url = cluster.up()
        connections = psutil.Process(cluster.pid).net_connections("all")
        listening = {each.laddr for each in connections if each.status == psutil.CONN_LISTEN}
        assert listening == {("127.0.0.1", cluster.port)}
        assert [each.laddr for each in connections if each.family == socket.AF_UNIX] == []
        assert query(url, "SHOW unix_socket_directories") == [("",)]

    def test_files_are_private(self, made: Path) -> None:
        """Other accounts may read neither the data nor the password."""
        modes = {
            name: stat.S_IMODE((made / name).stat().st_mode) for name in ("data", "password", "log")
        }
        assert modes == {"data": 0o700, "password": 0o600, "log": 0o600}

    def test_nobody_else_writes_beside_the_data(self, made: Path) -> None:
        """Who else may pass through the folder can neither list it nor put a link into it."""
        assert stat.S_IMODE(made.stat().st_mode) & 0o066 == 0
        if os.geteuid() == 0:
            assert made.stat().st_uid == 0


class TestPortTaken:
    def test_while_it_was_stopped(
        self, cluster: Cluster, capsys: pytest.CaptureFixture[str]
    ) -> None:
        """The server moves to another port, says so, keeps its data, and stays there."""
        cluster.up()
        taken = cluster.port
        cluster.stop()
        with socket.create_server(("127.0.0.1", taken)):
            capsys.readouterr()
            url = cluster.up()
            said = capsys.readouterr().err
        assert cluster.port != taken
        assert f"Port {taken} is taken" in said
        assert f"moves to port {cluster.port}" in said
        assert remembered(url) == {"made"}
        cluster.stop()
        assert cluster.up() == url
        assert capsys.readouterr().err == ""

    def test_at_the_last_moment(self, cluster: Cluster, monkeypatch: pytest.MonkeyPatch) -> None:
        """A port that is taken between our look and Postgres's start is no reason to give up."""
        cluster.up()
        taken = cluster.port
        cluster.stop()
        monkeypatch.setattr(ports, "is_free", lambda _: True)
        with socket.create_server(("127.0.0.1", taken)):
            assert remembered(cluster.up()) == {"made"}
        assert cluster.port != taken


class TestStop:
    def test_of_a_stopped_one(self, cluster: Cluster) -> None:
        """A server that does not run is not stopped, and that is no error."""
        assert not cluster.stop()

    def test_despite_connections(self, cluster: Cluster) -> None:
        """An open connection does not hold up a stop."""
        with psycopg.connect(cluster.up()) as connection:
            assert cluster.stop()
            with pytest.raises(psycopg.OperationalError):
                connection.execute("SELECT 1")
        assert clusters.processes_in(cluster.home) == []
