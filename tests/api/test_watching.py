"""What the service as processes writes and measures."""

import re
import socket
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path

import httpx2
import psutil
import pytest

from tests.api.people import person
from tests.api.processes import SECRET, Service, serve
from tests.toolbox.clusters import PATIENCE, query
from toolbox.databases import Throwaways

METRICS = {"Authorization": "Bearer the-token-of-the-metrics"}
IN_PRODUCTION = {"ENVIRONMENT": "production", "METRICS_TOKEN": "the-token-of-the-metrics"}


@pytest.fixture(scope="module")
def database(databases: Throwaways, template: str) -> str:
    return databases.create("watching", template)


def read(service: Service) -> dict[str, float]:
    """Ask for the figures: each series, as Prometheus's text format has it, and its value."""
    answer = httpx2.get(f"{service.url}/metrics", headers=METRICS, timeout=PATIENCE)
    assert answer.status_code == 200
    lines = (line.rpartition(" ") for line in answer.text.splitlines() if line[0] != "#")
    return {series: float(value) for series, _, value in lines}


def counted(service: Service, route: str) -> float:
    start, figures = "http_requests_total{", read(service)
    return sum(value for name, value in figures.items() if name.startswith(start) and route in name)


def load(service: Service, requests: int) -> None:
    """Send requests over many connections, so that every worker gets some."""

    def send(_: int) -> int:
        return httpx2.get(f"{service.url}/health/live", timeout=PATIENCE).status_code

    with ThreadPoolExecutor(8) as pool:
        assert set(pool.map(send, range(requests))) == {200}


class TestFigures:
    @pytest.mark.parametrize("workers", [1, 2, 4])
    def test_of_all_workers(self, database: str, tmp_path: Path, workers: int) -> None:
        """Whichever worker is asked, the figures are of all, and every request is in them."""
        with serve(database, workers, tmp_path / "log", **IN_PRODUCTION) as service:
            before = counted(service, "/health/live")
            for total in (100, 200):
                load(service, 100)
                seen = {counted(service, "/health/live") for _ in range(4 * workers)}
                assert seen == {before + total}
            figures = read(service)
        # The one that asks is in flight itself.
        assert figures["http_requests_in_flight"] == 1
        name = 'http_request_duration_seconds_count{method="GET",route="/health/live"}'
        assert figures[name] == before + 200

    def test_outlive_their_worker(self, database: str, tmp_path: Path) -> None:
        """What a worker counted before it was killed stays, and what it had in flight goes."""
        with serve(database, 2, tmp_path / "log", **IN_PRODUCTION) as service:
            before = counted(service, "/health/live")
            load(service, 100)
            with _unfinished_request(service) as port:
                _until(lambda: read(service)["http_requests_in_flight"] == 2)
                victim = _who_serves(service, port)
                victim.kill()
                _until(lambda: read(service)["http_requests_in_flight"] == 1)
            _until(lambda: len(_workers_of(service)) == 2)
            load(service, 100)
            assert {counted(service, "/health/live") for _ in range(8)} == {before + 200}

    def test_leave_nothing_behind(self, database: str, tmp_path: Path) -> None:
        """The folder where workers keep their figures is theirs alone, and gone with them."""
        with serve(database, 2, tmp_path / "log", **IN_PRODUCTION) as service:
            folder = Path(_workers_of(service)[0].environ()["PROMETHEUS_MULTIPROC_DIR"])
            assert list(folder.glob("*.db"))
            assert folder.stat().st_mode & 0o077 == 0
        assert not folder.exists()


def _workers_of(service: Service) -> list[psutil.Process]:
    parent = next(line["pid"] for line in service.lines if "Listening" in line["message"])
    children = psutil.Process(parent).children()
    return [child for child in children if "spawn_main" in " ".join(child.cmdline())]


def _who_serves(service: Service, port: int) -> psutil.Process:
    """The worker that has the connection of the client with this port."""
    return next(
        worker
        for worker in _workers_of(service)
        for connection in worker.net_connections()
        if connection.raddr[1:] == (port,)
    )


@contextmanager
def _unfinished_request(service: Service) -> Iterator[int]:
    """A request whose body does not end, and the port it comes from."""
    host, _, port = service.url.removeprefix("http://").rpartition(":")
    with socket.create_connection((host, int(port))) as client:
        client.sendall(
            b"POST /users HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
            b"Content-Length: 100\r\n\r\n{"
        )
        yield client.getsockname()[1]


def _until(happened: Callable[[], bool]) -> None:
    deadline = time.monotonic() + PATIENCE
    while not happened():
        assert time.monotonic() < deadline
        time.sleep(0.05)


SECRETS = {
    "password": "correct horse battery staple",
    "wrong password": "incorrect zebra generator clip",
    "name": "Somebody With A Name",
    "query": "a-query-of-somebody",
    "header": "a-header-of-somebody",
    "metrics token": METRICS["Authorization"].removeprefix("Bearer "),
    "signing secret": SECRET,
}


def _misfortunes(service: Service) -> dict[str, str]:
    """Sign up, log in, and do wrong in all the ways there are; return the tokens handed out."""
    email, password = "somebody@example.com", SECRETS["password"]
    account = {"email": email, "password": password, "name": SECRETS["name"]}
    headers = {"X-Something": SECRETS["header"]}
    with httpx2.Client(base_url=service.url, timeout=PATIENCE, headers=headers) as client:
        assert client.post("/users", json=account).status_code == 201
        assert client.post("/users", json=account).status_code == 409
        assert client.post("/users", json={"password": password}).status_code == 422
        assert client.post("/users", content=f'{{"password": "{password}').status_code == 415
        form = {"username": email, "password": password}
        tokens: dict[str, str] = client.post("/auth/token", data=form).json()
        wrong = form | {"password": SECRETS["wrong password"]}
        assert client.post("/auth/token", data=wrong).status_code == 401
        refreshed = client.post("/auth/refresh", json={"refresh_token": tokens["refresh_token"]})
        assert refreshed.status_code == 200
        stale = client.post("/auth/refresh", json={"refresh_token": tokens["refresh_token"]})
        assert stale.status_code == 401
        mine = {"Authorization": f"Bearer {tokens['access_token']}"}
        assert client.get(f"/items?cursor={SECRETS['query']}", headers=mine).is_client_error
        # A constraint that the service does not know of: Postgres quotes the row that breaks it.
        broken = account | {"email": "fault@example.com"}
        assert client.post("/users", json=broken).status_code == 500
    later = {f"second {name}": value for name, value in refreshed.json().items()}
    return tokens | later


@pytest.mark.parametrize("environment", ["production", "development"])
def test_no_secret_is_written(
    databases: Throwaways, template: str, tmp_path: Path, environment: str
) -> None:
    """No line and no figure has a password, its hash, a token, a body, a query or a header."""
    database = databases.create(f"secrets_{environment}", template)
    query(database, "ALTER TABLE users ADD CONSTRAINT no_fault CHECK (email NOT LIKE 'fault%')")
    variables = IN_PRODUCTION | {"ENVIRONMENT": environment, "ACCESS_LOG": "true"}
    with serve(database, 2, tmp_path / "log", **variables) as service:
        tokens = _misfortunes(service)
        figures = str(read(service))
        hashes = {str(row[0]) for row in query(database, "SELECT password_hash FROM users")}
    bearers = {name: value for name, value in tokens.items() if name.endswith("_token")}
    assert len(bearers) == 4
    hidden = SECRETS | bearers | {f"hash {one}": one for one in hashes} | {"hashes": "$argon2"}
    told = service.output + figures
    assert [name for name, value in hidden.items() if value in told] == []
    # And the fault is there all the same, with what finds it.
    assert "CheckViolation" in service.output
    assert "no_fault" in service.output
    assert "POST /users 500 in " in service.output


class TestOutput:
    def test_production(self, database: str, tmp_path: Path) -> None:
        """Each line, of every process and library and of the end too, is a JSON object."""
        with serve(database, 2, tmp_path / "log", **IN_PRODUCTION) as service:
            load(service, 10)
            _until(lambda: len({line["pid"] for line in service.lines}) == 3)
        lines = service.lines
        assert {"timestamp", "level", "logger", "pid", "message"} <= set.intersection(
            *(set(line) for line in lines)
        )
        assert not any("color_message" in line for line in lines)
        assert not [line for line in lines if "/health/live" in line["message"]]

    def test_access_log(self, database: str, tmp_path: Path) -> None:
        """Where it is asked for, a request's line has its id, which the answer has too."""
        variables = IN_PRODUCTION | {"ACCESS_LOG": "true"}
        with serve(database, 1, tmp_path / "log", **variables) as service:
            answer = httpx2.get(f"{service.url}/no/such", headers={"X-Request-ID": "mine"})
        line = next(line for line in service.lines if line.get("status") == 404)
        assert answer.headers["X-Request-ID"] == line["request_id"] == "mine"
        assert (line["method"], line["route"]) == ("GET", "unmatched")
        assert line["duration_ms"] > 0

    def test_development(self, database: str, tmp_path: Path) -> None:
        """A developer reads when, how bad, what, how long and of which request."""
        with serve(database, 2, tmp_path / "log", ENVIRONMENT="development") as service:
            httpx2.get(f"{service.url}/items/7", headers={"X-Request-ID": "a" * 32})
        form = r"(?m)^\d\d:\d\d:\d\d \[info *\] GET /items/7 401 in \d+\.\d ms request_id=aaaaaaaa$"
        assert re.search(form, service.output), service.output
        assert "\x1b" not in service.output

    def test_counts_sql(self, database: str, tmp_path: Path) -> None:
        """In development a request's line says how many statements it sent, by whichever way."""
        with serve(database, 1, tmp_path / "log", ENVIRONMENT="development") as service:
            httpx2.get(f"{service.url}/health/live")
            with person(service.url) as ada:
                ada.look()
                ada.change()
        told = re.findall(
            r"\] ([A-Z]+) (/\w+)\S* \d+ in [\d.]+ ms(?: \((\d+) SQL, [\d.]+ ms\))? ", service.output
        )
        # A statement alone, and a session, which has those of the idempotency key as well.
        assert told[-2:] == [("GET", "/items", "1"), ("POST", "/items", "5")]
        assert ("GET", "/health", "") in told
