"""The service under test: a server's processes, told apart and counted from outside."""

import asyncio
import random
import re
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import psutil

from toolbox.errors import ToolboxError
from toolbox.postgres.ports import PORTS, is_free
from toolbox.processes import child, workers_of

HOST = "127.0.0.1"

PATIENCE = 60.0  # seconds for what must happen on a machine with much else to do


@dataclass(frozen=True)
class Server:
    """A way to serve the application: its command, in which port and workers are filled in."""

    name: str
    command: tuple[str, ...]


OURS = Server("python -m api", ("-m", "api", "--port", "{port}", "--workers", "{workers}"))


class Service:
    """A server that runs."""

    def __init__(
        self, process: subprocess.Popen[bytes], port: int, workers: int, log: Path
    ) -> None:
        """Take its first process, where it is to listen, and with how many workers."""
        self.port = port
        self.workers = workers
        self.log = log
        self._process = process

    @property
    def pid(self) -> int:
        """The process that was started."""
        return self._process.pid

    def workers_now(self) -> set[int]:
        """Return the processes that serve, or are about to."""
        return {process.pid for process in workers_of(self._process.pid)}

    def says_where(self) -> bool:
        """Tell whether it has said where it listens.

        Raises:
            ToolboxError: it has ended; the message has its last words.
        """
        if self._process.poll() is not None:
            raise ToolboxError(f"The service ended before it listened. {self.last_words()}")
        said = self.log.read_text(errors="replace")
        return re.search(rf"https?://{re.escape(HOST)}:{self.port}\b", said) is not None

    def signal(self, number: signal.Signals) -> None:
        """Send a signal to the one that watches over the workers."""
        self._process.send_signal(number)

    async def ended(self) -> int | None:
        """Wait until all of it has ended and return its exit code; None if it does not end."""
        deadline = time.monotonic() + PATIENCE
        while self._process.poll() is None and time.monotonic() < deadline:  # noqa: ASYNC110 - nobody tells
            await asyncio.sleep(0.005)
        return self._process.poll()

    def last_words(self) -> str:
        """Return the end of what it wrote."""
        return "\n  ".join(["Its last words:", *self.log.read_text().splitlines()[-10:]])


def is_gone(pid: int) -> bool:
    """Tell whether a process has ended with all its threads, the last of which closes its files."""
    try:
        process = psutil.Process(pid)
        return process.status() == psutil.STATUS_ZOMBIE and process.num_threads() <= 1
    except psutil.NoSuchProcess:
        return True


def choose_port() -> int:
    """Return a free port.

    It is none from which connections go out: a client who asks for one of those again and again
    while nobody listens is at last connected with itself.
    """
    return next(port for port in random.sample(PORTS, len(PORTS)) if is_free(port))


@contextmanager
def start(
    server: Server, workers: int, port: int, environment: Mapping[str, str], log: Path
) -> Iterator[Service]:
    """Start a server; it is ended with the context, if it runs then."""
    command = [part.format(port=port, workers=workers) for part in server.command]
    with (
        log.open("w") as output,
        child([sys.executable, *command], environment, output.fileno()) as process,
    ):
        yield Service(process, port, workers, log)
