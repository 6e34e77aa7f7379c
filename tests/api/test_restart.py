"""Workers come and go, and no request is lost with them."""

import asyncio
import os
import signal
import socket
import subprocess
import sys
from collections import Counter
from collections.abc import AsyncIterator, Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager, asynccontextmanager, contextmanager, suppress
from pathlib import Path

import httpx2
import psutil
import pytest

from api.serving import GRACE
from api.settings import Settings
from api.supervisor import LAST_CALL
from tests.api.processes import wait_until, workers_of
from tests.api.test_serving import free_port
from toolbox.checkout import ROOT
from toolbox.databases import Throwaways
from toolbox.processes import child
from toolbox.serving import development

REQUEST = b"GET /health/ready HTTP/1.1\r\nHost: localhost\r\n\r\n"
CLIENTS = 4
PATIENCE = 120  # seconds


@pytest.fixture(scope="module")
def database(databases: Throwaways, template: str) -> str:
    return databases.create("restart", template)


@contextmanager
def serving(database: str, workers: int) -> Iterator[tuple[psutil.Process, int]]:
    """The service, from the moment its port is open."""
    port = free_port()
    command = [sys.executable, "-m", "api", "--port", str(port), "--workers", str(workers)]
    with child(command, development(database), subprocess.DEVNULL) as service:
        while True:
            with socket.socket() as probe:
                if probe.connect_ex(("127.0.0.1", port)) == 0:
                    break
            assert service.poll() is None
        yield psutil.Process(service.pid), port


class Load:
    """Clients who ask again and again, half of them on a new connection each time."""

    def __init__(self, port: int) -> None:
        self.port = port
        self.seen: Counter[object] = Counter()
        self.stopped = asyncio.Event()

    async def ask(self, *, anew: bool) -> None:
        reader, writer = asyncio.StreamReader(), None
        while not self.stopped.is_set():
            try:
                if writer is None:
                    reader, writer = await asyncio.open_connection("127.0.0.1", self.port)
                writer.write(REQUEST)
                head = (await reader.readuntil(b"\r\n\r\n")).lower()
                await reader.readexactly(int(head.split(b"content-length: ")[1].split()[0]))
                self.seen[int(head[9:12])] += 1
            except (OSError, asyncio.IncompleteReadError) as exc:
                self.seen[type(exc).__name__] += 1
                await self.close(writer)
                writer = None
                continue
            if anew or b"connection: close" in head:
                await self.close(writer)
                writer = None
            await asyncio.sleep(0.01)  # the new workers need the cores
        await self.close(writer)

    async def close(self, writer: asyncio.StreamWriter | None) -> None:
        """Close a connection, however it ended."""
        if writer is not None:
            writer.close()
            with suppress(OSError):
                await writer.wait_closed()

    async def until(self, happened: Callable[[], object]) -> None:
        """Go on until this is so."""
        async with asyncio.timeout(PATIENCE):
            while not happened():  # noqa: ASYNC110 - processes tell nobody
                await asyncio.sleep(0.05)


@asynccontextmanager
async def loaded(service: psutil.Process, port: int, workers: int) -> AsyncIterator[Load]:
    """Load on the service, from when all workers are there until the context ends."""
    load = Load(port)
    clients = [asyncio.create_task(load.ask(anew=n % 2 == 0)) for n in range(CLIENTS)]
    try:
        await load.until(lambda: load.seen[200] > 100 and len(workers_of(service)) == workers)
        yield load
    finally:
        load.stopped.set()
        await asyncio.gather(*clients)


@pytest.mark.parametrize(("workers", "signals"), [(1, 2), (2, 1), (4, 1)])
async def test_rolling_restart_loses_nothing(database: str, workers: int, signals: int) -> None:
    """From the first moment through a restart of all workers, every request is answered 200.

    There is never more than one worker beside those that there were.
    """
    with serving(database, workers) as (service, port):
        async with loaded(service, port, workers) as load:
            before, most = workers_of(service), 0

            def all_replaced() -> bool:
                nonlocal most
                now = workers_of(service)
                most = max(most, len(now))
                return not before & now and len(now) == workers

            for _ in range(signals):
                service.send_signal(signal.SIGHUP)
                await load.until(lambda: workers_of(service) - before)
            await load.until(all_replaced)
            served = load.seen[200]
            await load.until(lambda: load.seen[200] > served + 100)
        assert set(load.seen) == {200}
        assert most <= workers + 1


async def test_stopped_while_it_restarts(database: str) -> None:
    """SIGTERM in the middle of a restart ends all; what was asked before is answered."""
    with serving(database, 2) as (service, port):
        async with loaded(service, port, 2) as load:
            service.send_signal(signal.SIGHUP)
            await load.until(lambda: len(workers_of(service)) == 3)
            service.send_signal(signal.SIGTERM)
            await load.until(lambda: load.seen["ConnectionRefusedError"])
        assert service.wait(PATIENCE) == 0
        assert set(load.seen) == {200, "ConnectionRefusedError"}


def serve_hanging(port: int) -> AbstractContextManager[subprocess.Popen[bytes]]:
    """The application with faults, by one worker."""
    return child([sys.executable, "-c", SERVE_HANGING, str(port)], None, subprocess.DEVNULL)


def first_pid(client: httpx2.Client) -> str:
    """Ask, as soon as somebody listens, who answers."""
    while True:
        with suppress(httpx2.ConnectError):
            return client.get("/pid").text


SERVE_HANGING = """
import sys
from api.serving import listen, serve
listener = listen("127.0.0.1", int(sys.argv[1]))
serve(listener, 1, worker_timeout=2, application="tests.api.hanging:create_app")
"""


def test_what_is_loaded_is_no_garbage() -> None:
    """A search for garbage does not look through all that a worker has loaded, and stop for it."""
    port = free_port()
    with (
        serve_hanging(port),
        httpx2.Client(base_url=f"http://127.0.0.1:{port}", timeout=PATIENCE) as client,
    ):
        first_pid(client)
        assert int(client.get("/frozen").text) > 10_000


def test_slow_request_is_not_cut() -> None:
    """Who was being answered when the order to stop came is answered, however slowly."""
    port = free_port()
    with (
        serve_hanging(port) as service,
        httpx2.Client(base_url=f"http://127.0.0.1:{port}", timeout=PATIENCE) as client,
        ThreadPoolExecutor(1) as pool,
    ):
        first_pid(client)
        slow = pool.submit(client.get, "/slow")
        wait_until(lambda: client.get("/slow/begun").text == "1")
        service.send_signal(signal.SIGTERM)
        assert slow.result().text == "done"
        assert service.wait(PATIENCE) == 0


def test_stops_in_kubernetes_time() -> None:
    """With the default timeout of requests a stop is over within the 30 s that Kubernetes gives."""
    timeout = Settings.model_fields["request_timeout"].default
    assert timeout + GRACE + LAST_CALL < 30


SERVE_FAILING = """
import uvicorn
from api.serving import listen
from api.supervisor import Workers

class Failing(Workers):
    def handle_usr1(self):
        raise RuntimeError("a fault of ours")

config = uvicorn.Config("tests.api.hanging:create_app", factory=True, workers=2)
Failing(config, sockets=[listen("127.0.0.1", 0)]).run()
"""


def test_supervisor_that_fails(tmp_path: Path) -> None:
    """A supervisor with a fault ends with its workers, and says so, instead of hanging on."""
    log = tmp_path / "log"
    with (
        log.open("w") as output,
        child([sys.executable, "-c", SERVE_FAILING], None, output.fileno()) as service,
    ):
        supervisor = psutil.Process(service.pid)
        wait_until(lambda: len(workers_of(supervisor)) == 2)
        workers = [psutil.Process(pid) for pid in workers_of(supervisor)]
        service.send_signal(signal.SIGUSR1)
        assert service.wait(PATIENCE) == 1
        assert psutil.wait_procs(workers, PATIENCE)[1] == []
    assert "RuntimeError: a fault of ours" in log.read_text()


def test_worker_that_hangs_is_replaced() -> None:
    """A worker whose event loop does not go round any more is replaced by one that serves."""
    port = free_port()
    with (
        serve_hanging(port),
        httpx2.Client(base_url=f"http://127.0.0.1:{port}", timeout=PATIENCE) as client,
    ):
        pid = first_pid(client)
        with pytest.raises(httpx2.RemoteProtocolError):
            client.get("/hang")
        assert client.get("/pid").text != pid


async def test_killed_worker_is_replaced(database: str) -> None:
    """One worker that dies is one that another takes the place of."""
    with serving(database, 1) as (service, _):
        load = Load(0)
        await load.until(lambda: workers_of(service))
        [victim] = workers_of(service)
        os.kill(victim, signal.SIGKILL)
        await load.until(lambda: workers_of(service) - {victim})


async def test_workers_end_with_their_supervisor(database: str) -> None:
    """Workers that nobody watches over any more do not keep the port."""
    with serving(database, 2) as (service, _):
        await Load(0).until(lambda: len(workers_of(service)) == 2)
        workers = [psutil.Process(pid) for pid in workers_of(service)]
        service.kill()
        _, alive = psutil.wait_procs(workers, timeout=PATIENCE)
        assert alive == []


SERVE_BROKEN = """
from api.serving import listen, serve
serve(listen("127.0.0.1", 0), 2, application="tests.api.broken:create_app")
"""


def test_application_that_cannot_be_made() -> None:
    """A service that no worker can start of ends, and says why, instead of trying for ever."""
    command = [sys.executable, "-c", SERVE_BROKEN]
    done = subprocess.run(
        command, cwd=ROOT, capture_output=True, text=True, timeout=PATIENCE, check=False
    )
    assert done.returncode != 0
    assert "this application cannot be made" in done.stderr
    assert "CannotServe" in done.stderr
