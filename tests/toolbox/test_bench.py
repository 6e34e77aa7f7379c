"""The benchmarks as a user runs them; nothing here says how fast is fast enough."""

import json
import os
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import httpx2
import psycopg
import pytest

from toolbox.bench.connection import size
from toolbox.bench.figures import Effort
from toolbox.bench.load import Load
from toolbox.bench.memory import MIB
from toolbox.bench.memory import size as memory_of
from toolbox.bench.pages import cursor_after
from toolbox.bench.probe import INTERVAL, probe
from toolbox.bench.reload import EDITED
from toolbox.bench.requests import READ, load, message
from toolbox.bench.sending import send
from toolbox.bench.servers import Running
from toolbox.bench.tests import ISOLATED, NOT_ISOLATED
from toolbox.bench.tests import _seconds as seconds_of
from toolbox.bench.turns import in_turns
from toolbox.bench.world import Owner, User, add_items
from toolbox.checkout import ROOT
from toolbox.databases import Throwaways
from toolbox.errors import ToolboxError


def bench(*arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "toolbox", "bench", *arguments],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )


def figures(folder: Path, *arguments: str) -> tuple[dict[str, Any], str]:
    """Run a benchmark of one round; return its JSON and what it printed."""
    path = folder / "report.json"
    done = bench(*arguments, "--rounds", "1", "--json", str(path))
    assert done.returncode == 0, done.stderr
    return json.loads(path.read_text()), done.stdout


def is_positive(spread: dict[str, float]) -> bool:
    return 0 < spread["lowest"] <= spread["median"] <= spread["highest"]


class TestCommands:
    def test_api(self, tmp_path: Path) -> None:
        """The default benchmark reports start-up and throughput, as Markdown and as JSON."""
        arguments = ["--seconds", "0.3", "--connections", "4", "--format", "markdown"]
        report, printed = figures(tmp_path, *arguments)
        assert report["effort"] == {"rounds": 1, "seconds": 0.3, "connections": 4}
        assert [row["workers"] for row in report["startup"]] == [1, 2]
        names = [row["request"] for row in report["throughput"]]
        assert names == ["GET one item", "GET 100 items", "POST one item"]
        for row in report["startup"] + report["throughput"]:
            assert all(is_positive(row[figure]) for figure in ("service", "bare", "ratio"))
        lines = printed.splitlines()
        start = lines.index("| Request | Service req/s | Bare req/s | Ratio | p50 | p99 |")
        assert lines[start + 1] == "| --- | --: | --: | --: | --: | --: |"
        assert [line.split(" | ")[0].strip("| *") for line in lines[start + 2 : start + 5]] == names
        command = "`nox -s bench -- api --seconds 0.3 --connections 4 --rounds 1`"
        assert lines[-1].startswith("Medians (lowest to highest); rounds: 1, cores: ")
        assert lines[-1].endswith(f"command: {command}")

    def test_reload(self, tmp_path: Path) -> None:
        """A save is served by both, each in a copy: this checkout stays as it is."""
        before = (ROOT / EDITED).read_text()
        report, printed = figures(tmp_path, "reload")
        assert all(is_positive(report[name]) for name in ("dev", "uvicorn", "ratio"))
        assert report["dev_failed"] == 0
        assert "uvicorn --reload" in printed
        assert (ROOT / EDITED).read_text() == before

    def test_startup(self, tmp_path: Path) -> None:
        """Start-up can be measured alone."""
        report, printed = figures(tmp_path, "startup")
        assert len(report["startup"]) == 2
        assert report["throughput"] == []
        assert "| Workers |" in printed

    def test_pages(self, tmp_path: Path) -> None:
        """Two pages are measured, of two lists."""
        report, printed = figures(tmp_path, "pages", "--rows", "5000", "--seconds", "0.2")
        assert (report["few"], report["many"]) == (1000, 5000)
        assert [row["page"] for row in report["pages"]] == ["first", "middle"]
        for row in report["pages"]:
            assert all(is_positive(row[figure]) for figure in ("few", "many", "ratio"))
        assert "| Of 5,000 items |" in " ".join(printed.split())

    def test_logins(self, tmp_path: Path) -> None:
        """Liveness is measured with and without log-ins, which are counted by their answer."""
        report, printed = figures(tmp_path, "logins", "--clients", "4", "--seconds", "0.5")
        for kind in ("quiet", "busy", "ratio"):
            assert is_positive(report[kind]["p50"])
            assert is_positive(report[kind]["p99"])
        assert is_positive(report["answers"]["200"])
        assert "| 4 clients log in |" in printed

    def test_memory(self, tmp_path: Path) -> None:
        """A worker's memory is read after its start and after each quarter of the requests."""
        arguments = ["--requests", "200", "--connections", "4"]
        report, printed = figures(tmp_path, "memory", *arguments)
        assert report["requests"] == [0, 50, 100, 150, 200]
        assert all(is_positive(reading) for reading in report["sizes"])
        last, first = report["sizes"][-1]["median"], report["sizes"][1]["median"]
        assert report["growth"]["median"] == pytest.approx(last - first)
        assert f"| {report['kind']}, MiB |" in " ".join(printed.split())

    def test_checking(self, tmp_path: Path) -> None:
        """A report on a generated history is measured as a whole, and by its parts."""
        report, printed = figures(tmp_path, "checking", "--operations", "2000")
        assert report["operations"] == 2000
        for figure in ("report", "memory", "reading", "judging", "rendering"):
            assert is_positive(report[figure])
        assert "Judging 2,000 operations" in printed

    def test_unknown_benchmark(self) -> None:
        """A benchmark that there is not is a mistake of usage."""
        done = bench("speed")
        assert done.returncode == 2
        assert "No such command 'speed'" in done.stderr


@contextmanager
def answering(status: int, stall: float = 0) -> Iterator[Running]:
    """Serve an application that gives one answer, the first time after so many seconds."""
    stalls = iter([stall])

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            time.sleep(next(stalls, 0))
            self.send_response(status)
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, *_: Any) -> None:
            """Stay silent."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        try:
            yield Running("127.0.0.1", server.server_port, os.getpid(), 0)
        finally:
            server.shutdown()
            thread.join()


class TestLoad:
    def test_counts_answers(self) -> None:
        """As many requests are sent as were asked for, and answers are counted by status."""
        with answering(503) as target:
            script = [message(target, "GET", "/", {}, expected=None)]
            outcome = send(Load(target.host, target.port, [script] * 3, 60, requests=7), "test")
        assert outcome.answers == 7
        assert outcome.statuses == {"503": 7}

    def test_unexpected_answer(self) -> None:
        """A figure of requests that were refused would mean nothing."""
        with answering(503) as target:
            script = [message(target, "GET", "/", {})]
            with pytest.raises(ToolboxError, match=r"^test: expected 200, but got: HTTP/1.1 503"):
                send(Load(target.host, target.port, [script], 60), "test")

    def test_nobody_answers(self) -> None:
        """Where nothing listens, that is what is said."""
        with answering(200) as target:
            pass
        with pytest.raises(ToolboxError, match=r"^test: .*(refused|connect)"):
            send(Load(target.host, target.port, [[message(target, "GET", "/", {})]], 1), "test")

    def test_each_connection_is_another_users(self) -> None:
        """Each connection asks as its own user, and for an item of that user."""
        users = [User(f"id-{n}", f"{n}@example.com", f"token-{n}") for n in range(3)]
        owners = [Owner(user, f"item-{user.id}") for user in users]
        sent = load(READ, Running("host", 80, 0, 0), owners, Effort(connections=3)).scripts
        for number, [request] in enumerate(sent):
            assert f"GET /items/item-id-{number} HTTP" in request.before
            assert f"Authorization: Bearer token-{number}\r\n" in request.before
            assert f"X-Owner: id-{number}\r\n" in request.before

    def test_size_of_an_answer(self) -> None:
        """The generator knows an answer's length from its head, and waits for all of that head."""
        head = b"HTTP/1.1 200 OK\r\ncontent-type: text/plain\r\nContent-Length: 2\r\n\r\n"
        assert size(head + b"ok") == len(head) + 2
        assert size(head[:-1]) == 0

    def test_size_of_an_answer_without_length(self) -> None:
        """An answer of unknown length is an error, not a wait without end."""
        with pytest.raises(ValueError, match="subsection not found"):
            size(b"HTTP/1.1 200 OK\r\n\r\n")


class TestProbe:
    def test_stall_is_charged_to_all_it_delays(self) -> None:
        """A request that was due during a stall has waited since then, though it was sent later."""
        stall = 0.2
        with answering(200, stall) as target:
            latencies = probe(target, "/", seconds=2 * stall)
        assert len(latencies) == round(2 * stall / INTERVAL)
        for number, latency in enumerate(latencies[: round(stall / INTERVAL)]):
            assert latency >= stall - number * INTERVAL

    def test_not_live(self) -> None:
        """An application that is not live has no latency."""
        with answering(503) as target, pytest.raises(ToolboxError, match="was answered 503"):
            probe(target, "/", seconds=0.1)


def test_turns() -> None:
    """Neither of two always comes after the other."""
    assert list(in_turns("ab", 3)) == ["a", "b", "b", "a", "a", "b"]


def test_memory_of_a_process() -> None:
    """What a process takes is seen, in MiB."""
    before = memory_of(os.getpid())
    taken = b"x" * (64 * MIB)
    assert memory_of(os.getpid()) - before > 48
    del taken


def test_cursor_in_the_middle() -> None:
    """The page in the middle is reached by the cursors that the service gives out."""

    def page(request: httpx2.Request) -> httpx2.Response:
        start, limit = (int(request.url.params.get(name, "0")) for name in ("cursor", "limit"))
        assert limit <= 1000
        end = start + limit
        return httpx2.Response(200, json={"next_cursor": str(end) if end < 3000 else None})

    with httpx2.Client(transport=httpx2.MockTransport(page), base_url="http://app") as client:
        assert cursor_after(client, 2500) == "2500"
        assert cursor_after(client, 0) is None
        with pytest.raises(ToolboxError, match="fewer items"):
            cursor_after(client, 3000)


def test_items_beyond_the_quota(databases: Throwaways, template: str) -> None:
    """Users of a benchmark may have more items than others, where that is limited."""
    database = databases.create("quota", template)
    with psycopg.connect(database, autocommit=True) as connection:
        connection.execute(
            "ALTER TABLE users ADD COLUMN IF NOT EXISTS item_quota integer NOT NULL DEFAULT 10"
        )
        found = connection.execute(
            """
            INSERT INTO users (email, name, password_hash)
            SELECT 'user-' || n || '@example.com', 'User', 'none' FROM generate_series(1, 2) AS n
            RETURNING id::text, email
            """
        )
        users = [User(user_id, email, "none") for user_id, email in found]
        add_items(database, users, 200)
        rows = connection.execute(
            """
            SELECT count(*), min(item_quota) FROM items JOIN users ON users.id = owner_id
            GROUP BY owner_id
            """
        ).fetchall()
    assert len(rows) == 2
    assert all(items == 200 and quota > 1_000_000 for items, quota in rows)


def test_isolation_can_be_measured(tmp_path: Path) -> None:
    """The test whose copies are timed runs as the fixtures are, with isolation and without."""
    for source in (ISOLATED, NOT_ISOLATED):
        assert seconds_of(source, str(tmp_path)) > 0
