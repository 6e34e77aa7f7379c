"""The service as a developer runs it: where it listens, and what a terminal and a pipe see."""

import html
import io
import re
import signal
import socket
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from uuid import uuid4

import click
import httpx2
import psutil
import psycopg
import pytest

from api.serving import KEEP_ALIVE
from tests.toolbox.checkouts import Checkout, environment
from tests.toolbox.clusters import query, wait_until
from tests.toolbox.typist import Typist, at_terminal
from toolbox.checkout import ROOT
from toolbox.databases import Throwaways, without_password
from toolbox.dev import address, server
from toolbox.dev.address import HOST, listen
from toolbox.dev.fault import Fault, for_other_origins
from toolbox.dev.stream import Complaints, Stream
from toolbox.errors import ToolboxError
from toolbox.postgres.cluster import Cluster

URL = r"http://127\.0\.0\.1:\d+"
SERVES = "Serves the code as it is now"


@pytest.fixture
def taken() -> Iterator[int]:
    """A port that another program listens on."""
    with socket.create_server((HOST, 0)) as other:
        yield other.getsockname()[1]


class TestListen:
    def test_next_free_port(self, taken: int) -> None:
        """Where the port is taken, the next one that is free does as well."""
        with listen(taken) as listener:
            assert taken < listener.getsockname()[1] <= taken + address.PORTS_TRIED

    def test_queues_at_once(self, taken: int) -> None:
        """Who connects before the service has started waits for it, and is not refused."""
        with listen(taken) as listener, socket.create_connection(listener.getsockname()):
            accepted, _ = listener.accept()
            accepted.close()

    def test_none_free(self, taken: int, monkeypatch: pytest.MonkeyPatch) -> None:
        """Where no port is free, that is said with the option that helps."""
        monkeypatch.setattr(address, "PORTS_TRIED", 1)
        with pytest.raises(ToolboxError, match=rf"No port from {taken} on.*--port"):
            listen(taken)

    def test_last_port(self) -> None:
        """There is no port beyond the last."""
        with pytest.raises(ToolboxError, match="No port from 65536"):
            listen(65_536)


def test_keeps_connections_alive(monkeypatch: pytest.MonkeyPatch) -> None:
    """An idle connection is kept as long as in production: no client meets a reset here alone."""
    # Uvicorn sets logging up at once, for the whole process of the tests.
    monkeypatch.setattr(server, "_logs", lambda: None)
    assert server.configuration().timeout_keep_alive == KEEP_ALIVE


@pytest.mark.parametrize(("refused", "shown"), [("", True), ("1", False)])
def test_colours(monkeypatch: pytest.MonkeyPatch, *, refused: str, shown: bool) -> None:
    """NO_COLOR is honoured also for what comes with colours in it."""
    terminal = io.StringIO()
    monkeypatch.setattr(terminal, "isatty", lambda: True)
    monkeypatch.setattr(sys, "stderr", terminal)
    monkeypatch.setenv("NO_COLOR", refused)
    Stream().write(click.style("error:", fg="red"))
    assert ("\x1b[31m" in terminal.getvalue()) is shown


class TestComplaints:
    LOG = """\
2026-11-25 06:06:30.123 UTC mine ERROR:  relation "itmes" does not exist
2026-11-25 06:06:30.123 UTC mine STATEMENT:  SELECT *
\tFROM itmes
2026-11-25 06:06:31.000 UTC other ERROR:  a test's
2026-11-25 06:06:31.000 UTC other STATEMENT:  SELECT
\t1
2026-11-25 06:06:31.100 UTC mine FATAL:  terminating connection due to administrator command
2026-11-25 06:06:31.100 UTC mine STATEMENT:  SELECT 2
2026-11-25 06:06:32.000 UTC mine LOG:  duration: 1 ms
2026-11-25 06:06:33.000 UTC  LOG:  checkpoint starting: time"""

    def test_of_one_database(self) -> None:
        """What goes wrong in the database is told with its statement; what was asked for is not."""
        complaints = Complaints("mine")
        told = [complaints.told(line) for line in self.LOG.splitlines()]
        shown = [re.sub(r"\x1b\[\d*m", "", line) for line in told if line]
        assert shown == [
            '06:06:30 [postgres ] error: relation "itmes" does not exist',
            "06:06:30 [postgres ] statement: SELECT *",
            "    FROM itmes",
        ]


def client(fault: Fault) -> httpx2.AsyncClient:
    return httpx2.AsyncClient(transport=httpx2.ASGITransport(fault), base_url="http://test")


class TestFault:
    @pytest.fixture
    def fault(self) -> Fault:
        """What is wrong with a line of `api` that compares with what is not there."""
        code = compile("\n\nx = 1 < undefined", str(ROOT / "api" / "made_up.py"), "exec")
        with pytest.raises(NameError) as raised:
            exec(code)  # noqa: S102 - it is our own
        return Fault(raised.value)

    def test_where(self, fault: Fault) -> None:
        """The file and the line are those of the last frame in `api`, and no other is shown."""
        assert fault.where == "api/made_up.py, line 3: NameError: name 'undefined' is not defined"
        assert "test_dev" not in fault.traceback

    def test_syntax(self) -> None:
        """Of what cannot be read, the place is in the error and in no frame."""
        with pytest.raises(SyntaxError) as raised:
            compile("x = (\n", str(ROOT / "api" / "made_up.py"), "exec")
        assert Fault(raised.value).where.startswith("api/made_up.py, line 1: SyntaxError: ")

    def test_causes(self) -> None:
        """What it came from is told without the libraries' frames too, and by its own line."""
        lines = (
            "import json\ntry:\n    json.loads('{')\nexcept ValueError as exc:\n    1 / len('')\n"
        )
        with pytest.raises(ZeroDivisionError) as raised:
            exec(compile(lines, str(ROOT / "api" / "made_up.py"), "exec"))  # noqa: S102 - our own
        told = Fault(raised.value).traceback
        assert [line for line in told.splitlines() if "File " in line] == [
            f'  File "{ROOT}/api/made_up.py", line 3, in <module>',
            f'  File "{ROOT}/api/made_up.py", line 5, in <module>',
        ]
        assert "JSONDecodeError: " in told

    async def test_problem(self, fault: Fault) -> None:
        """A program is answered with a problem document, which a browser's script can show."""
        answer = await client(fault).post("/items", json={})
        assert (answer.status_code, answer.json()["status"]) == (503, 503)
        assert answer.json()["instance"] == "/items"
        assert fault.where in answer.json()["detail"]
        assert answer.json()["traceback"] == fault.traceback.splitlines()
        assert answer.headers["Connection"] == "close"

    async def test_page(self, fault: Fault) -> None:
        """A browser shows a page that asks again by itself, in which code is no markup."""
        accept = {"Accept": "text/html,application/xhtml+xml,*/*;q=0.8"}
        answer = await client(fault).get("/docs", headers=accept)
        assert (answer.status_code, answer.headers["Content-Type"][:9]) == (503, "text/html")
        assert 'http-equiv="refresh"' in answer.text
        assert html.escape(fault.where) in answer.text
        assert fault.where not in answer.text

    async def test_other_origins(self, fault: Fault, monkeypatch: pytest.MonkeyPatch) -> None:
        """The pages that may read the service's answers may read this one, and ask before."""
        monkeypatch.setenv("ENVIRONMENT", "development")
        monkeypatch.setenv("DATABASE_URL", "postgresql://nobody@localhost/none")
        monkeypatch.setenv("CORS_ORIGINS", '["http://localhost:5173"]')
        app = httpx2.ASGITransport(for_other_origins(fault))
        async with httpx2.AsyncClient(transport=app, base_url="http://test") as browser:
            for origin, allowed in (("http://localhost:5173", True), ("http://else.test", False)):
                answer = await browser.get("/items", headers={"Origin": origin})
                assert ("Access-Control-Allow-Origin" in answer.headers) == allowed


@pytest.fixture
def checkout(tmp_path: Path, databases: Throwaways, template: str) -> Iterator[Checkout]:
    """A checkout on a database of its own that is at head."""
    url = databases.create(uuid4().hex[:8], template)
    yield Checkout.copy(tmp_path / "checkout", DATABASE_URL=url)
    databases.drop(url)


@contextmanager
def dev(checkout: Checkout) -> Iterator[Typist]:
    """Run `dev` in a terminal, on any port, for as long as the context."""
    command = [sys.executable, "-m", "toolbox", "dev", "--port", "0"]
    with at_terminal(command, checkout.root, environment(**checkout.variables)) as typist:
        yield typist


def version(url: str) -> str:
    """Which version of the API answers."""
    return str(httpx2.get(f"{url}/openapi.json", timeout=60).json()["info"]["version"])


class TestTerminal:
    def test_a_round(self, checkout: Checkout) -> None:
        """A save is served, a fault is shown and mended, and `q` leaves nothing behind."""
        with dev(checkout) as typist:
            before = typist.settings
            url = typist.wait_for(URL)[0]
            typist.wait_for(SERVES)
            assert version(url) == "0.1.0"
            typist.wait_for(r"GET /openapi\.json 200 in ")

            checkout.edit("api/app.py", 'version="0.1.0"', 'version="0.2.0"')
            typist.wait_for(r"Saved: api/app\.py")
            typist.wait_for(SERVES)
            assert version(url) == "0.2.0"

            checkout.edit("api/app.py", 'version="0.2.0"', 'version=0.3.0"')
            typist.wait_for("SyntaxError")
            typist.wait_for("does not start")
            answer = httpx2.get(f"{url}/items", timeout=60)
            assert (answer.status_code, answer.headers["Retry-After"]) == (503, "1")
            assert answer.headers["Content-Type"] == "application/problem+json"
            assert re.search(r"api/app\.py, line \d+: SyntaxError: ", answer.json()["detail"])
            checkout.edit("api/app.py", 'version=0.3.0"', 'version="0.3.0"')
            typist.wait_for(SERVES)
            assert version(url) == "0.3.0"

            processes = psutil.Process(typist.process.pid).children(recursive=True)
            typist.type("q")
            assert typist.wait_for_end() == 0
            assert typist.settings == before
            assert psutil.wait_procs(processes, timeout=30)[1] == []

    def test_lifespan_fails(self, checkout: Checkout) -> None:
        """What fails only when it starts is answered too, and points to the terminal."""
        with dev(checkout) as typist:
            url = typist.wait_for(URL)[0]
            typist.wait_for(SERVES)
            checkout.edit(
                "api/app.py", "            yield make_state", "            yield 1 / 0, make_state"
            )
            typist.wait_for("ZeroDivisionError")
            typist.wait_for("does not start")
            assert "terminal" in httpx2.get(f"{url}/items", timeout=60).json()["detail"]
            checkout.edit("api/app.py", "1 / 0, ", "")
            typist.wait_for(SERVES)
            assert version(url) == "0.1.0"

    def test_psql(self, checkout: Checkout) -> None:
        """`p` opens psql, whose Ctrl-C is its own; what is written meanwhile comes afterwards."""
        with dev(checkout) as typist:
            url = typist.wait_for(URL)[0]
            typist.wait_for(SERVES)
            typist.type("p")
            typist.wait_for("=# ")
            typist.type("SELECT pg_sleep(600);\n")
            typist.wait_for("600")
            wait_until_asleep(checkout.variables["DATABASE_URL"])
            typist.type("\x03")
            typist.wait_for("canceling statement")
            httpx2.get(f"{url}/health/ready", timeout=60)
            typist.type("SELECT 40 + 2;\n")
            assert "GET" not in typist.wait_for(r"\b42\b").string
            typist.type("\\q\n")
            typist.wait_for(r"GET /health/ready 200 in [\d.]+ ms \(1 SQL, [\d.]+ ms\)")
            typist.type("?")
            typist.wait_for("psql")

    def test_save_while_psql_is_open(self, checkout: Checkout) -> None:
        """What is saved while a key's program has the terminal is served at once."""
        with dev(checkout) as typist:
            url = typist.wait_for(URL)[0]
            typist.wait_for(SERVES)
            typist.type("p")
            typist.wait_for("=# ")
            checkout.edit("api/app.py", 'version="0.1.0"', 'version="0.2.0"')
            wait_until(lambda: version(url) == "0.2.0")
            typist.type("\\q\n")
            typist.wait_for(r"Saved: api/app\.py")

    def test_ends_in_psql(self, checkout: Checkout) -> None:
        """What is told to end while psql is open ends psql too."""
        with dev(checkout) as typist:
            before = typist.settings
            typist.wait_for(SERVES)
            typist.type("p")
            typist.wait_for("=# ")
            typist.type("\x1a")  # Ctrl-Z, which stops nothing here
            processes = psutil.Process(typist.process.pid).children(recursive=True)
            typist.process.send_signal(signal.SIGTERM)
            assert typist.wait_for_end() == 0
            assert typist.settings == before
            assert psutil.wait_procs(processes, timeout=30)[1] == []

    def test_migrates(self, checkout: Checkout) -> None:
        """A revision that the database lacks is told with the key that migrates, which does."""
        with dev(checkout) as typist:
            typist.wait_for(SERVES)
            add_revision(checkout)
            typist.wait_for(r"The database lacks: A revision of a test's. To migrate: press m")
            typist.type("m")
            typist.wait_for("at revision aaaaaaaaaaaa")
            typist.wait_for("lacks no revision")

    def test_broken_revision(self, checkout: Checkout) -> None:
        """A revision that cannot be read, as half a one, is told with its line and ends nothing."""
        with dev(checkout) as typist:
            typist.wait_for(SERVES)
            half = checkout.root / "migrations" / "versions" / "half.py"
            half.write_text("x = (\n")
            typist.wait_for(r"cannot be read: SyntaxError: .*half\.py, line 1")
            half.unlink()
            add_revision(checkout)
            typist.wait_for("The database lacks: A revision of a test's. To migrate")

    def test_revision_of_another_branch(self, checkout: Checkout) -> None:
        """That the code is another than the database's is told, as after a switch of branches."""
        with dev(checkout) as typist:
            typist.wait_for(SERVES)
            query(
                checkout.variables["DATABASE_URL"], "UPDATE alembic_version SET version_num = 'x'"
            )
            typist.wait_for("at revision x, which this branch does not have")
            typist.wait_for("nox -s db -- branch")

    def test_taken_back_elsewhere(self, checkout: Checkout) -> None:
        """A database that somebody else took back, as a snapshot does, can be migrated again."""
        with dev(checkout) as typist:
            typist.wait_for(SERVES)
            assert checkout.toolbox("migrate", "downgrade", "-1").returncode == 0
            typist.wait_for("The database lacks: .* To migrate: press m")
            typist.type("m")
            typist.wait_for("lacks no revision")

    @pytest.mark.usefixtures("with_git")
    def test_another_branch(self, own: Checkout, its_cluster: Cluster) -> None:
        """The service is on the database on which the sessions are, and so are the keys."""
        with dev(own) as typist:
            url = typist.wait_for(URL)[0]
            typist.wait_for(SERVES)
            assert own.toolbox("db", "branch").returncode == 0
            branch = typist.wait_for(r"The database is (pir_branch_main_\w+) now")[1]
            typist.wait_for(SERVES)
            query(its_cluster.url, "DROP TABLE alembic_version")
            assert httpx2.get(f"{url}/health/ready", timeout=60).status_code == 200
            typist.type("p")
            typist.wait_for(f"{branch}=# ")

    @pytest.mark.parametrize("way", ["Ctrl-C", "SIGTERM", "failure"])
    def test_is_left_clean(self, checkout: Checkout, way: str) -> None:
        """However it ends, the terminal is as it was, and nothing runs on."""
        if way == "failure":
            checkout.edit("toolbox/dev/round.py", "raise Quit", 'raise OSError("broken")')
        with dev(checkout) as typist:
            before = typist.settings
            typist.wait_for(SERVES)
            assert typist.settings != before
            processes = psutil.Process(typist.process.pid).children(recursive=True)
            if way == "SIGTERM":
                typist.process.send_signal(signal.SIGTERM)
            else:
                typist.type("\x03" if way == "Ctrl-C" else "q")
            assert typist.wait_for_end() == (1 if way == "failure" else 0)
            assert typist.settings == before
            assert psutil.wait_procs(processes, timeout=30)[1] == []


def wait_until_asleep(url: str) -> None:
    """Wait until somebody's statement sleeps."""
    asleep = "SELECT 1 FROM pg_stat_activity WHERE query LIKE 'SELECT pg_sleep%'"
    with psycopg.connect(url, autocommit=True) as connection:
        while connection.execute(asleep).fetchone() is None:
            time.sleep(0.05)


class TestPipe:
    def test_keeps_the_password_to_itself(self, checkout: Checkout) -> None:
        """What it prints may be on a screen that others see: the database's password is not."""
        url = checkout.variables["DATABASE_URL"]
        address, password = without_password(url)
        with checkout.started("toolbox", "dev", "--port", "0") as process:
            assert process.stdout is not None
            seen = ""
            while "Database" not in seen:
                seen += process.stdout.readline()
            process.terminate()
            process.communicate(timeout=60)
        assert address in seen
        assert password is not None
        assert password not in seen

    def test_plain(self, checkout: Checkout) -> None:
        """In a pipe there are no colours and no keys, and what is offered names a session."""
        with checkout.started("toolbox", "dev", "--port", "0") as process:
            assert process.stderr is not None
            seen = ""
            while SERVES not in seen:
                seen += process.stderr.readline()
            add_revision(checkout)
            while "The database lacks" not in seen:
                seen += process.stderr.readline()
            process.terminate()
            printed, rest = process.communicate(timeout=60)
        assert "To migrate: nox -s migrate" in seen
        assert "\x1b" not in printed + seen + rest
        assert "psql" not in printed + seen + rest


def add_revision(checkout: Checkout) -> None:
    """Add a revision after the last one."""
    head = (checkout.root / "api" / "schema_revisions.txt").read_text().split()[-1]
    checkout.add_revision("aaaaaaaaaaaa", head, "op.execute('SELECT 1')")
