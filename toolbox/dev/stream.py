"""One stream of what the service and the database write, which can be held back for a while."""

import os
import re
import socket
import threading
import time
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import click

LOOK = 0.2  # seconds between two looks into Postgres's log

# As toolbox/postgres/cluster.py has Postgres write: the time, the database, the level, the message.
LINE = re.compile(
    r"\S+ (?P<time>[\d:]+)\.\d+ \S+ (?P<database>\S*) (?P<level>[A-Z]+):  (?P<text>.*)"
)
WORTH = {"WARNING": "yellow", "ERROR": "red", "FATAL": "red", "PANIC": "red"}
# What somebody asked for: `nox -s db -- restore` does, and the service connects anew.
ASKED_FOR = "terminating connection due to administrator command"
MORE = {"DETAIL", "HINT", "CONTEXT", "QUERY", "STATEMENT"}  # of the message before


class Stream:
    """Writes whole lines to standard error, or remembers them while it is held back."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._held: deque[str] | None = None

    def write(self, line: str) -> None:
        """Write a line, or keep it for later."""
        with self._lock:
            if self._held is None:
                _echo(line)
            else:
                self._held.append(line)

    @contextmanager
    def held(self) -> Iterator[None]:
        """Write nothing during the block, which has the terminal for itself, and all of it then."""
        with self._lock:
            self._held = deque()
        try:
            yield
        finally:
            with self._lock:
                for line in self._held:
                    _echo(line)
                self._held = None

    def relay(self, source: socket.socket) -> None:
        """Write what comes from a socket, until its other end is closed; in a thread of its own."""
        with source.makefile(errors="replace") as lines:
            for line in lines:
                self.write(line.rstrip("\n"))


def _echo(line: str) -> None:
    """Write a line, without its colours where they are refused (https://no-color.org)."""
    click.echo(line, err=True, color=False if os.environ.get("NO_COLOR") else None)


def follow(log: Path, complaints: "Complaints", write: Callable[[str], None]) -> None:
    """Tell what Postgres complains of in one database from now on, for ever; in a thread."""
    with log.open(errors="replace") as file:
        file.seek(0, 2)
        while True:
            for line in file:
                if (told := complaints.told(line.rstrip("\n"))) is not None:
                    write(told)
            time.sleep(LOOK)


class Complaints:
    """Picks of Postgres's log what a developer wants to read.

    Attributes:
        database: the name of that of which it tells.
    """

    def __init__(self, database: str) -> None:
        self.database = database
        self._telling = False

    def told(self, line: str) -> str | None:
        """Return how to show a line, or None."""
        found = LINE.fullmatch(line)
        if found is None:  # a message's second line
            return f"    {line.strip()}" if self._telling else None
        level, text = found["level"], found["text"]
        if found["database"] != self.database:
            self._telling = False
        elif level not in MORE:
            self._telling = level in WORTH and text != ASKED_FOR
        if not self._telling:
            return None
        shown = click.style(f"{level.lower()}:", fg=WORTH.get(level))
        return f"{found['time']} [postgres ] {shown} {text}"
