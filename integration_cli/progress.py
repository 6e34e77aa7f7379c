"""What a user sees while a command runs: a bar on a terminal, one line a phase elsewhere."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from typing import Protocol

import click
from rich.console import Console
from rich.progress import BarColumn, Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

Advance = Callable[[float], None]


class Announcer(Protocol):
    """What shows the phases of a run."""

    def phase(self, name: str, total: float | None = None) -> AbstractContextManager[Advance]:
        """Announce a phase; the value is a function that moves its bar by some part of `total`."""
        ...

    def say(self, text: str) -> None:
        """Show a line that stays."""
        ...


class Phases:
    """Announces the phases of a run on stderr, so that stdout holds the result alone."""

    def __init__(self) -> None:
        self._console = Console(stderr=True)

    @contextmanager
    def phase(self, name: str, total: float | None = None) -> Iterator[Advance]:
        """Announce a phase; the value is a function that moves its bar by some part of `total`."""
        if not self._console.is_terminal:
            click.echo(name, err=True)
            yield lambda _: None
            return
        columns = (SpinnerColumn(), TextColumn("{task.description}"), BarColumn())
        with Progress(*columns, TimeElapsedColumn(), console=self._console) as bar:
            task = bar.add_task(name, total=total)
            yield lambda by: bar.advance(task, by)
            bar.update(task, total=1.0, completed=1.0)

    def say(self, text: str) -> None:
        """Show a line that stays."""
        click.echo(text, err=True)
