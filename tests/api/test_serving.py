"""The service as processes: `python -m api`."""

import os
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager

import httpx2
import pytest

from toolbox.checkout import ROOT
from toolbox.databases import Throwaways
from toolbox.processes import child
from toolbox.serving import development


@pytest.fixture(scope="module")
def database(databases: Throwaways, template: str) -> str:
    return databases.create("serving", template)


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def run(*arguments: str, **variables: str) -> subprocess.CompletedProcess[str]:
    given = {"DATABASE_URL", "ENVIRONMENT", "TOKEN_SECRET"}
    environment = {name: value for name, value in os.environ.items() if name not in given}
    return subprocess.run(
        [sys.executable, "-m", "api", *arguments],
        cwd=ROOT,
        env={**environment, **variables},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


@contextmanager
def serving(database: str, workers: int) -> Iterator[tuple[subprocess.Popen[bytes], str]]:
    port = free_port()
    arguments = ["--port", str(port), "--workers", str(workers)]
    command = [sys.executable, "-m", "api", *arguments]
    with child(command, development(database), subprocess.DEVNULL) as service:
        while True:
            with socket.socket() as probe:
                if probe.connect_ex(("127.0.0.1", port)) == 0:
                    break
            assert service.poll() is None
        yield service, f"http://127.0.0.1:{port}"


@pytest.mark.parametrize("workers", [1, 4])
def test_never_refuses_once_it_listens(database: str, workers: int) -> None:
    """From the first connection on that succeeds, every one does, although no worker is up yet."""
    with serving(database, workers) as (_, url):
        with httpx2.Client(timeout=60) as client, ThreadPoolExecutor(16) as pool:
            answers = list(pool.map(client.get, [f"{url}/health/ready"] * 64))
        assert {answer.status_code for answer in answers} == {200}


@pytest.mark.parametrize("workers", [1, 2])
def test_sigterm_ends_all_processes(database: str, workers: int) -> None:
    """After SIGTERM the service ends by itself, and nobody listens any more."""
    with serving(database, workers) as (service, url):
        assert httpx2.get(f"{url}/health/live", timeout=60).status_code == 200
        service.send_signal(signal.SIGTERM)
        service.wait(60)
        with pytest.raises(httpx2.ConnectError):
            httpx2.get(f"{url}/health/live")


def test_two_workers_answer(app_url: str) -> None:
    """With two workers both answer, and say who they are."""
    workers = {httpx2.get(f"{app_url}/health/live").headers["X-Worker"] for _ in range(100)}
    assert len(workers) == 2


def test_missing_settings(database: str) -> None:
    """Production without its secret ends in a line that names it."""
    done = run(DATABASE_URL=database)
    assert done.returncode == 1
    assert "TOKEN_SECRET" in done.stderr
    assert "Traceback" not in done.stderr


def test_port_taken(database: str) -> None:
    """A port in use ends in a line that says so."""
    with socket.socket() as holder:
        holder.bind(("127.0.0.1", 0))
        holder.listen()
        port = str(holder.getsockname()[1])
        done = run("--port", port, DATABASE_URL=database, ENVIRONMENT="development")
    assert done.returncode == 1
    assert done.stderr.strip().endswith("Address already in use; choose another with --port.")


def test_wrong_workers() -> None:
    """A number of workers that makes no sense is a mistake of usage."""
    assert run("--workers", "0").returncode == 2


@pytest.mark.parametrize("host", ["0.0.0.0", "::"])  # noqa: S104
def test_secret_that_everyone_knows(database: str, host: str) -> None:
    """With the secret of development it does not listen where others can reach it."""
    done = run("--host", host, DATABASE_URL=database, ENVIRONMENT="development")
    assert done.returncode == 1
    assert done.stderr.startswith("TOKEN_SECRET is not set")
    assert "Traceback" not in done.stderr
