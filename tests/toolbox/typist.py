"""Somebody at a terminal: a command in a real one, what it shows, and what is typed."""

import fcntl
import os
import pty
import re
import select
import signal
import subprocess
import termios
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

LIMIT = 60  # seconds that anything may take on a slow machine


class Typist:
    """Types, and reads what is shown."""

    def __init__(self, process: subprocess.Popen[bytes], terminal: int, other_end: int) -> None:
        self.process = process
        self.seen = ""
        self._terminal = terminal
        self._other_end = other_end

    def type(self, keys: str) -> None:
        os.write(self._terminal, keys.encode())

    def wait_for(self, pattern: str) -> re.Match[str]:
        """Read until the pattern is shown, after what was waited for before."""
        deadline = time.monotonic() + LIMIT
        while not (found := re.search(pattern, self.seen)):
            assert time.monotonic() < deadline, f"{pattern} is not in:\n{self.seen}"
            self._read()
        self.seen = self.seen[found.end() :]
        return found

    def wait_for_end(self) -> int:
        """Wait until the command has ended, and return its exit code."""
        deadline = time.monotonic() + LIMIT
        while self.process.poll() is None:
            assert time.monotonic() < deadline, f"it runs on, after:\n{self.seen}"
            self._read()
        self._read()
        return self.process.returncode

    @property
    def settings(self) -> list[Any]:
        """How the terminal is set up: whether it shows what is typed, and so on."""
        return termios.tcgetattr(self._other_end)

    def _read(self) -> None:
        if select.select([self._terminal], [], [], 0.1)[0]:
            self.seen += os.read(self._terminal, 65536).decode(errors="replace")


@contextmanager
def at_terminal(
    command: Sequence[str], folder: Path, environment: Mapping[str, str]
) -> Iterator[Typist]:
    """Run a command in a terminal of its own; what is left of it afterwards is killed."""
    terminal, other_end = pty.openpty()
    termios.tcsetwinsize(other_end, (40, 120))
    process = subprocess.Popen(
        command,
        cwd=folder,
        env=environment,
        stdin=other_end,
        stdout=other_end,
        stderr=other_end,
        start_new_session=True,
        preexec_fn=lambda: fcntl.ioctl(0, termios.TIOCSCTTY, 0),  # noqa: PLW1509 - nothing else makes it its own
    )
    try:
        yield Typist(process, terminal, other_end)
    finally:
        if process.poll() is None:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()
        os.close(terminal)
        os.close(other_end)
