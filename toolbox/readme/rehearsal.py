"""Doing what the README says, from its first line to its last, as a newcomer would."""

import shutil
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import click

from toolbox import compose
from toolbox.errors import ToolboxError
from toolbox.processes import ask
from toolbox.readme.clone import Place, fresh
from toolbox.readme.parse import Block, Command, matches, parse
from toolbox.readme.shell import NotAsWritten, finish, read, started, wait_until_ready

APP = "nox -s dev"  # runs where a block talks to an app on this machine
DOWN = ("docker", "compose", "--profile", "tests", "down", "--timeout", "5")
EVERYTHING = ("--volumes", "--remove-orphans", "--rmi", "local")
LAST_LINES = 40
REPORTS = Path(".data") / "reports" / "readme"


def rehearse(source: Path) -> None:
    """Type every command of a checkout's README on a fresh clone of it, and say what came of it.

    Raises:
        ToolboxError: a command did something else than the README says.
    """
    blocks = parse((source / "README.md").read_text())
    with fresh(source) as place:
        rehearsal = Rehearsal(place, source / REPORTS)
        rehearsal.go_through(blocks)
    click.echo(rehearsal.summary())
    if rehearsal.counts["failed"]:
        raise ToolboxError("The README and what it describes do not agree: see what failed above.")


class Rehearsal:
    """The commands in their order, each with a line that says what came of it."""

    def __init__(self, place: Place, reports: Path) -> None:
        """Take the place where they are typed, and a folder for what those that fail print."""
        self.place = place
        self._reports = reports
        self.counts = Counter(ok=0, failed=0, skipped=0)
        self._has_engine = _has_engine()

    def summary(self) -> str:
        """Return how many commands were as written, and how many were not."""
        return ", ".join(f"{number} {word}" for word, number in self.counts.items())

    def go_through(self, blocks: Sequence[Block]) -> None:
        """Type the commands of these blocks."""
        has_containers = any(command.needs_docker for block in blocks for command in block)
        try:
            for block in blocks:
                self._block(block)
        finally:
            if has_containers and self._has_engine:
                _remove_containers(self.place)

    def _block(self, block: Block) -> None:
        if not any(command.needs_app for command in block):
            for command in block:
                self._command(command)
            return
        began = time.monotonic()
        try:
            with _app(self.place) as url:
                for command in block:
                    self._command(command.at(url))
        except NotAsWritten as exc:
            self._tell("failed", f"{APP} # for what follows line {block[0].line}", began)
            self._explain(exc, self.place.log("app"), block[0].line)

    def _command(self, command: Command) -> None:
        if command.needs_docker and not self._has_engine:
            self._tell("skipped", f"{command.text} # no Docker engine answers")
            return
        began = time.monotonic()
        try:
            perform(command, self.place)
        except NotAsWritten as exc:
            self._tell("failed", f"{command.text} # line {command.line}", began)
            self._explain(exc, self.place.log("command"), command.line)
        else:
            self._tell("ok", command.text, began)

    def _tell(self, word: str, what: str, began: float | None = None) -> None:
        self.counts[word] += 1
        took = "" if began is None else f"{time.monotonic() - began:.1f} s"
        click.echo(f"{word:<8}{took:>8}  {what}")

    def _explain(self, fault: NotAsWritten, log: Path, line: int) -> None:
        self._reports.mkdir(parents=True, exist_ok=True)
        report = Path(shutil.copy(log, self._reports / f"line-{line}.log"))
        last = read(log).splitlines()[-LAST_LINES:]
        shown = _indented("\n".join(last) or "(nothing)")
        click.echo(_indented(f"{fault}\nIt printed, at the end:\n{shown}\nAll of it: {report}"))


def _has_engine() -> bool:
    try:
        compose.require_engine()
    except ToolboxError:
        return False
    return True


def perform(command: Command, place: Place) -> None:
    """Type a command; one that serves is interrupted once it is ready.

    Raises:
        NotAsWritten: its exit code or its output is not as written, or something is left of it.
    """
    log = place.log("command")
    with started(command.text, place, log, command.stdin) as process:
        if command.serves:
            wait_until_ready(process, log)
        else:
            finish(process)
    if command.expected is not None and not matches(command.expected, read(log)):
        raise NotAsWritten(f"it was to print:\n{_indented(command.expected.rstrip())}")


@contextmanager
def _app(place: Place) -> Iterator[str]:
    """Serve the clone, on the port that is free, and give the app's URL."""
    log = place.log("app")
    with started(APP, place, log) as process:
        yield wait_until_ready(process, log)


def _remove_containers(place: Place) -> None:
    ask([*DOWN, *EVERYTHING], place.environment, place.folder)


def _indented(text: str) -> str:
    return "\n".join(f"    {line}" for line in text.splitlines())
