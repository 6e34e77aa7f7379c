"""Clients who go away in the middle, and more of them than there are connections."""

import json
import secrets
import socket
import struct
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from urllib.parse import urlsplit

import httpx2
import psycopg
import pytest

from tests.api.people import Person, person
from tests.api.processes import Service, serve, wait_until
from tests.toolbox.clusters import query
from toolbox.databases import Throwaways

POOL = 2
ITEMS = 50  # of one bulk write
WAITING = """
SELECT count(*) FROM pg_stat_activity
WHERE datname = current_database() AND wait_event_type = 'Lock'
"""
IN_USE = "database_connections_in_use"
RESET = struct.pack("ii", 1, 0)  # of SO_LINGER: closing resets


@pytest.fixture(scope="module")
def database(databases: Throwaways, template: str) -> str:
    return databases.create("clients", template)


@pytest.fixture(scope="module")
def service(database: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    """One worker with few connections, and patience enough with a table that is locked."""
    seconds = {"DATABASE_LOCK_TIMEOUT": "100", "DATABASE_STATEMENT_TIMEOUT": "100"}
    variables = {"DATABASE_POOL_SIZE": str(POOL), "REQUEST_TIMEOUT": "100", **seconds}
    with serve(database, 1, tmp_path_factory.mktemp("clients") / "log", **variables) as service:
        yield service


@pytest.fixture
def ada(service: Service) -> Iterator[Person]:
    with person(service.url) as ada:
        ada.client.timeout = httpx2.Timeout(120)
        yield ada


@contextmanager
def locked(database: str) -> Iterator[None]:
    """Let whoever wants items wait in Postgres until the context ends."""
    with psycopg.connect(database) as holder:
        holder.execute("LOCK TABLE items")
        yield


def wait_in_postgres(database: str) -> None:
    """Return once all of the service's connections are in use."""
    wait_until(lambda: query(database, WAITING) == [(POOL,)])


def in_use(service: Service) -> float:
    figures = httpx2.get(f"{service.url}/metrics", timeout=120).text.splitlines()
    return sum(float(line.split()[-1]) for line in figures if line.startswith(IN_USE))


def send_bulk(ada: Person, service: Service, word: str, *, once: bool) -> socket.socket:
    """Send a bulk write, whose answer nobody reads; its items' names begin with the word."""
    body = json.dumps({"items": [{"name": f"{word} {n}"} for n in range(ITEMS)]})
    head = {
        "Host": "localhost",
        "Authorization": ada.client.headers["Authorization"],
        "Content-Type": "application/json",
        "Content-Length": str(len(body)),
        **({"Idempotency-Key": word} if once else {}),
    }
    lines = ["POST /items/bulk HTTP/1.1", *(f"{name}: {value}" for name, value in head.items())]
    where = urlsplit(service.url)
    client = socket.create_connection((where.hostname, where.port))
    client.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, RESET)
    client.sendall("\r\n".join([*lines, "", body]).encode())
    return client


@pytest.mark.parametrize("kind", ["statement", "transaction"])
def test_clients_who_go_away(ada: Person, service: Service, database: str, kind: str) -> None:
    """However many go in the middle of a write, no connection is lost and no write is half made."""
    words = [secrets.token_hex(8) for _ in range(3 * POOL)]
    with locked(database):
        clients = [send_bulk(ada, service, word, once=kind == "transaction") for word in words]
        wait_in_postgres(database)
        for client in clients:
            client.close()
    wait_until(lambda: in_use(service) == 0)
    made = query(database, "SELECT split_part(name, ' ', 1), count(*) FROM items GROUP BY 1")
    assert {count for word, count in made if word in words} <= {ITEMS}
    # All connections are there to be used, at the same time.
    with ThreadPoolExecutor(POOL) as pool:
        with locked(database):
            looking = [pool.submit(ada.look) for _ in range(POOL)]
            wait_in_postgres(database)
        assert {look.result().status_code for look in looking} == {200}


def test_more_than_can_be_served(ada: Person, service: Service, database: str) -> None:
    """While all connections are in use some wait and the others are refused, all by 503."""
    asked: list[Future[httpx2.Response]] = []

    def one_is_refused_at_once() -> bool:
        asked.append(pool.submit(ada.look))
        answers = [look.result() for look in asked if look.done()]
        return any("More requests wait" in answer.text for answer in answers)

    with ThreadPoolExecutor(100) as pool:
        with locked(database):
            served = [pool.submit(ada.look) for _ in range(POOL)]
            wait_in_postgres(database)
            wait_until(one_is_refused_at_once)
            # Nobody waits for the connections: they are in use still.
            refused = [look.result() for look in asked]
            assert {answer.status_code for answer in refused} == {503}
            assert {answer.headers["Retry-After"] for answer in refused} == {"1"}
            assert not any(look.done() for look in served)
        assert {look.result().status_code for look in served} == {200}
    wait_until(lambda: in_use(service) == 0)
