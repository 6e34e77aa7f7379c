"""The service as processes of a test's own choosing, and what they wrote."""

import json
import re
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psutil

from toolbox.processes import bound, child
from toolbox.serving import development, is_ready

SECRET = "signs the tokens of these tests, in these tests only"

# How long to wait for what must happen, on a machine with much else to do.
PATIENCE = 120  # seconds


def wait_until(condition: Callable[[], object]) -> None:
    """Wait for what must happen, and fail if it does not."""
    deadline = time.monotonic() + PATIENCE
    while not condition():
        assert time.monotonic() < deadline, "what had to happen did not"
        time.sleep(0.02)


@dataclass(frozen=True)
class Service:
    """A service that runs, and the file that has all its output."""

    url: str
    log: Path
    process: subprocess.Popen[bytes]

    @property
    def output(self) -> str:
        return self.log.read_text()

    @property
    def lines(self) -> list[dict[str, Any]]:
        """Its output, each line of which must be a JSON object."""
        return [json.loads(line) for line in self.output.splitlines()]


def environment(database: str, **variables: str) -> dict[str, str]:
    """An environment that has these variables, and none of the caller's telemetry."""
    ours = {**development(database), "TOKEN_SECRET": SECRET, **variables}
    others = ("OTEL_", "FASTAPI_OTEL", "PROMETHEUS_")
    return {
        name: value
        for name, value in ours.items()
        if not name.startswith(others) or name in variables
    }


@contextmanager
def start(
    database: str, workers: int, log: Path, *arguments: str, **variables: str
) -> Iterator[Service]:
    """Start the service and wait until it listens; it may not be ready."""
    command = [sys.executable, "-m", "api", "--port", "0", "--workers", str(workers), *arguments]
    log.parent.mkdir(parents=True, exist_ok=True)
    with (
        log.open("w") as output,
        child(bound(command), environment(database, **variables), output.fileno()) as process,
    ):
        wait_until(lambda: process.poll() is not None or said_where(log))
        url = said_where(log)
        assert url, log.read_text()
        yield Service(url, log, process)


def workers_of(service: psutil.Process) -> set[int]:
    """The processes that serve: those that were spawned, without what only keeps track."""
    found = set()
    for process in service.children():
        try:
            if "spawn_main" in " ".join(process.cmdline()):
                found.add(process.pid)
        except psutil.Error:
            continue  # it ended just now
    return found


def said_where(log: Path) -> str | None:
    said = re.search(r'Listening on (http://[^\s"]+)[\s"]', log.read_text())
    return said[1] if said else None


@contextmanager
def serve(
    database: str, workers: int, log: Path, *arguments: str, **variables: str
) -> Iterator[Service]:
    """Start the service and wait until it is ready."""
    with start(database, workers, log, *arguments, **variables) as service:
        wait_until(lambda: is_ready(service.url))
        yield service
