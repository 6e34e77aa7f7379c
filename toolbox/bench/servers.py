"""The applications that are measured, each as a process like the one that serves in production."""

import http.client
import os
import re
import secrets
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from toolbox.errors import ToolboxError
from toolbox.processes import child

STARTUP_TIMEOUT = 30  # seconds


@dataclass(frozen=True)
class Application:
    """What can be served: how it is called in a report, and the command but for the workers."""

    name: str
    command: tuple[str, ...]


HOST = ("-m", "toolbox.bench.host")
SERVICE = Application("service", ("-m", "api", "--port", "0", "--workers"))
BARE = Application("bare application", (*HOST, "toolbox.bench.bare:create_app"))
CONTROL = Application("control", (*HOST, "toolbox.bench.control:create_app"))


@dataclass(frozen=True)
class Running:
    """An application that answers."""

    host: str
    port: int
    pid: int
    startup: float
    """Seconds from the start of its process to its first 200 of /health/ready."""

    @property
    def url(self) -> str:
        """Where it is."""
        return f"http://{self.host}:{self.port}"


def production(database: str) -> dict[str, str]:
    """Return the environment in which the applications run: without what development adds.

    Tokens are good wherever the same environment is, and in no other.

    Args:
        database: its URL.
    """
    return {
        **os.environ,
        "ENVIRONMENT": "production",
        "TOKEN_SECRET": secrets.token_urlsafe(48),
        "ACCESS_TOKEN_LIFETIME": "P1D",  # one token lasts for the whole run
        "DATABASE_URL": database,
    }


@contextmanager
def running(
    application: Application, environment: dict[str, str], workers: int = 1
) -> Iterator[Running]:
    """Run an application until the context ends; it is ready when the context begins.

    Raises:
        ToolboxError: it did not become ready. To this, as to any that ends the context, is added
            what the application said last.
    """
    command = [sys.executable, *application.command, str(workers)]
    with tempfile.TemporaryDirectory() as folder:
        log = Path(folder) / "log"
        with log.open("w") as output:
            start = time.perf_counter()
            with child(command, environment, output.fileno()) as process:
                try:
                    host, port = _wait_until_ready(process, log)
                    yield Running(host, port, process.pid, time.perf_counter() - start)
                except ToolboxError as exc:
                    words = "\n  ".join(log.read_text().splitlines()[-10:])
                    what = f"The {application.name}'s last words:\n  {words}"
                    raise ToolboxError(f"{exc}\n{what}") from exc


def _wait_until_ready(process: subprocess.Popen[bytes], log: Path) -> tuple[str, int]:
    deadline = time.monotonic() + STARTUP_TIMEOUT
    address = None
    while time.monotonic() < deadline and process.poll() is None:
        # It listens before it can answer, and the kernel holds our connection until it can: so the
        # answer itself says when, and this pause adds nothing to it.
        address = address or _address(log)
        if address and _is_ready(*address):
            return address
        time.sleep(0.005)
    if process.poll() is not None:
        raise ToolboxError("The application ended before it was ready.")
    raise ToolboxError(f"The application was not ready within {STARTUP_TIMEOUT} seconds.")


def _address(log: Path) -> tuple[str, int] | None:
    said = re.search(r'Listening on http://([^\s"]+):(\d+)[\s"]', log.read_text())
    return (said[1], int(said[2])) if said else None


def _is_ready(host: str, port: int) -> bool:
    connection = http.client.HTTPConnection(host, port, timeout=STARTUP_TIMEOUT)
    try:
        connection.request("GET", "/health/ready")
        return connection.getresponse().status == http.client.OK
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()
