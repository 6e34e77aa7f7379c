"""A developer's round: serve, start anew on a save, and do what a key asks for."""

import os
import socket
import sys
import threading
from collections.abc import Callable, Mapping
from contextlib import ExitStack
from multiprocessing import connection
from pathlib import Path
from typing import Any

import click
import watchfiles

from toolbox.checkout import DATA, ROOT
from toolbox.databases import name_in, without_password
from toolbox.dev.address import listen
from toolbox.dev.pending import pending
from toolbox.dev.service import Service
from toolbox.dev.stream import Complaints, Stream, follow
from toolbox.dev.terminal import find_terminal
from toolbox.errors import ToolboxError
from toolbox.postgres import Server
from toolbox.processes import end_like_ctrl_c, end_with_parent

API = ROOT / "api"
REVISIONS = ROOT / "migrations" / "versions"
SAVED = watchfiles.PythonFilter(extra_extensions=(".txt",))  # api/schema_revisions.txt
TOGETHER = 30  # milliseconds without a change, after which those before are one save
LOOK = 5.0  # seconds between two looks at which revision the database is, which others may change
TOOLBOX = (sys.executable, "-m", "toolbox")
NOX = "NOX_PYTHON"  # the variable in which noxfile.py says which Python has Nox
AFFECTED = ("-s", "functional", "--", "--testmon")


class Quit(Exception):
    """Whoever develops has enough."""


class Round:
    """What runs while one develops, and what it hears: keys, saves, and the service's end."""

    def __init__(self, listener: socket.socket, server: Server, database: str) -> None:
        """Take where to serve, and the database's server and URL."""
        self._server = server
        self._database = database
        self._complaints = Complaints(name_in(database))
        self._stream = Stream()
        self._terminal = find_terminal()
        self._output, theirs = socket.socketpair()
        self._service = Service(listener, theirs, _environment(database))
        self._saves, self._saved = socket.socketpair()
        self._pending: list[str] = []
        self._fault = ""  # what keeps the revisions from being read
        self._keys: Mapping[str, tuple[str, Callable[[], None]]] = {
            "p": ("psql", self._open_psql),
            "m": ("migrate", self._migrate),
            "t": ("test what changed", self._test),
            "r": ("restart", self._service.replace),
            "q": ("quit", self._quit),
            "?": ("help", self._help),
        }

    def go(self) -> None:
        """Serve until `q`, Ctrl-C or SIGTERM."""
        with ExitStack() as stack:
            stack.callback(self._service.stop)
            for work in (self._relay, self._watch, self._follow_postgres):
                threading.Thread(target=work, daemon=True).start()
            self._service.replace()
            if self._terminal:
                stack.enter_context(self._terminal.keys())
                self._help()
            try:
                while True:
                    if self._hear(self._terminal.fd if self._terminal else None):
                        self._do_as_asked()
            except (Quit, KeyboardInterrupt):
                return

    def _hear(self, another: Any) -> bool:  # noqa: ANN401 - whatever can be waited for, or None
        """Wait for a save, for the service's end, and for another: tell whether it was that."""
        sources = [self._saves, *self._service.sentinels, *([] if another is None else [another])]
        heard = connection.wait(sources, LOOK)
        self._look_for_database()
        if self._saves in heard:
            self._start_anew(self._saves.recv(4096).decode().split())
        elif another in heard:
            return True
        elif heard:
            self._service.forget_ended()
            self._say("The service does not run: see above. It starts again at the next save.")
        else:
            self._look_for_pending()
        return False

    def _do_as_asked(self) -> None:
        assert self._terminal is not None  # noqa: S101 - it was heard
        key = self._terminal.read() or "q"
        if key in self._keys:
            self._keys[key][1]()

    def _start_anew(self, names: list[str]) -> None:
        ours = [name for name in names if Path(name).is_relative_to("api")]
        if ours:
            self._service.replace()
            self._say(f"Saved: {', '.join(dict.fromkeys(ours))}")
        self._look_for_pending()

    def _look_for_database(self) -> None:
        """Go to another database, where another is in use now: that of a git branch, or not."""
        database = self._server.in_use(self._database)
        if database != self._database:
            self._database = database
            self._complaints.database = name_in(database)
            self._service.environment = _environment(database)
            self._service.replace()
            self._say(f"The database is {name_in(database)} now: the service starts anew on it.")

    def _look_for_pending(self) -> None:
        """Offer to migrate where the database lacks a revision, once for each."""
        before = self._pending
        try:
            self._pending, fault = pending(self._database), ""
        except ToolboxError as exc:
            self._pending, fault = [], str(exc)
        if fault:
            if fault != self._fault:
                self._say(fault)
        elif self._pending and self._pending != before:
            how = "press m" if self._terminal else "nox -s migrate"
            self._say(f"The database lacks: {', '.join(self._pending)}. To migrate: {how}")
        elif before and not self._pending:
            self._say("The database lacks no revision any more.")
        self._fault = fault

    def _say(self, words: str) -> None:
        self._stream.write(click.style(words, bold=True))

    def _help(self) -> None:
        keys = (f"{click.style(key, bold=True)} {words}" for key, (words, _) in self._keys.items())
        self._stream.write("  " + "   ".join(keys))

    def _run(self, *command: str) -> None:
        """Run a command in the terminal; serve meanwhile, and show afterwards what came out."""
        assert self._terminal is not None  # noqa: S101 - who else pressed the key?
        with self._stream.held(), self._terminal.lent(command) as end:
            while not self._hear(end):
                pass

    def _open_psql(self) -> None:
        self._run(*TOOLBOX, "db", "psql")

    def _migrate(self) -> None:
        self._run(*TOOLBOX, "migrate")
        self._look_for_pending()

    def _test(self) -> None:
        if nox := os.environ.get(NOX):
            self._run(nox, "-m", "nox", *AFFECTED)
        else:
            self._say("Started by nox -s dev this runs: nox -s functional -- --testmon")

    def _quit(self) -> None:
        raise Quit

    def _relay(self) -> None:
        self._stream.relay(self._output)

    def _watch(self) -> None:
        """Tell of each save; in a thread of its own, because what it waits for is no file."""
        for changes in watchfiles.watch(API, REVISIONS, watch_filter=SAVED, step=TOGETHER):
            names = " ".join(sorted(str(Path(path).relative_to(ROOT)) for _, path in changes))
            self._saved.sendall(f"{names} ".encode())

    def _follow_postgres(self) -> None:
        log = DATA / "postgres" / "log"
        if "DATABASE_URL" not in os.environ and log.exists():  # not somebody else's server
            follow(log, self._complaints, self._stream.write)


def _environment(database: str) -> dict[str, str]:
    colours = {"FORCE_COLOR": "1"} if sys.stderr.isatty() else {}
    return {"ENVIRONMENT": "development", "DATABASE_URL": database, **colours}


def develop(port: int, server: Server, database: str) -> None:
    """Serve a server's database for development, on this port or the next one that is free."""
    end_like_ctrl_c()
    end_with_parent()
    listener = listen(port)
    announce(listener, database)
    Round(listener, server, database).go()


def announce(listener: socket.socket, database: str) -> None:
    """Print where to find what now runs."""
    address = "http://{}:{}".format(*listener.getsockname())
    shown, password = without_password(database)  # which others may see on this screen
    where = f"{shown}  (with its password: nox -s db)" if password else shown
    click.echo()
    for name, value in {"API": address, "Docs": f"{address}/docs", "Database": where}.items():
        click.echo(f"  {click.style(f'{name:<10}', bold=True)}{value}")
    click.echo(
        "\n  Starts anew when a file in api/ is saved. Ctrl-C stops the API;\n"
        "  the database runs on until: nox -s db -- stop\n"
    )
