"""Many hunts, one after another, each noted in a file: what was noted is not hunted again."""

import json
from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import click

from toolbox.databases import Throwaways
from toolbox.errors import ToolboxError
from toolbox.mutants.fault import Fault
from toolbox.mutants.hunt import Catch, hunt, served

TRIES = 2  # of a hunt without a result, each on a service of its own


@dataclass(frozen=True, slots=True)
class Hunt:
    """One fault, to be looked for once.

    Attributes:
        fault: its name.
        workers: how many processes serve.
        seed: the checker's.
        options: further ones of the checker.
    """

    fault: str
    workers: int
    seed: int
    options: tuple[str, ...]


class Notes:
    """What came of each hunt, as a file of JSON lines; without a file, for as long as this lasts.

    Of two lines about the same hunt the later one holds. A hunt without a result is not noted.
    """

    def __init__(self, path: Path | None) -> None:
        """Read what there is.

        Raises:
            ToolboxError: a line is not one of ours.
        """
        self._path = path
        self._catches: dict[Hunt, Catch] = {}
        lines = path.read_text().splitlines() if path and path.exists() else []
        for number, line in enumerate(lines, 1):
            try:
                self._read(json.loads(line))
            except (ValueError, KeyError, TypeError) as exc:
                raise ToolboxError(
                    f"Line {number} of {path} is not a note of a hunt: {exc!r}. "
                    "Take it out, or name another file."
                ) from None

    def _read(self, line: dict[str, Any]) -> None:
        whole = Hunt(**{**line["hunt"], "options": tuple(line["hunt"]["options"])})
        said = {**line["catch"], "violated": tuple(line["catch"]["violated"])}
        self._catches[whole] = Catch(**said)

    def of(self, one: Hunt) -> Catch | None:
        """Return what came of a hunt, if it has been."""
        return self._catches.get(one)

    def about(self, fault: str, workers: int) -> list[Hunt]:
        """Return the hunts for a fault with so many workers."""
        return [one for one in self._catches if (one.fault, one.workers) == (fault, workers)]

    def add(self, one: Hunt, catch: Catch) -> None:
        """Note what came of a hunt."""
        self._catches[one] = catch
        if self._path:
            self._path.parent.mkdir(parents=True, exist_ok=True)
            with self._path.open("a") as file:
                file.write(json.dumps({"hunt": asdict(one), "catch": asdict(catch)}) + "\n")


def hunts(
    fault: Fault, workers: int, seeds: int, options: Sequence[str], *, narrow: bool = False
) -> list[Hunt]:
    """Return a hunt for each seed; a narrow one plays only what shows the fault's invariants."""
    only = [word for name in fault.invariants for word in ("--only", name)] if narrow else []
    told = (*only, *options)
    return [Hunt(fault.name, workers, seed, told) for seed in range(1, seeds + 1)]


def carry_out(
    fault: Fault, workers: int, wanted: Sequence[Hunt], notes: Notes, databases: Throwaways
) -> None:
    """Hunt a fault on one service, or where it wears the service out, on one for each seed.

    A hunt without a result is tried once more on a new service; then the others go on.
    """
    waiting = [one for one in wanted if notes.of(one) is None]
    tries = dict.fromkeys(waiting, 0)
    while waiting:
        batch = waiting[:1] if fault.wears_out else waiting
        for one in _on_one_service(fault, workers, batch, notes, databases):
            tries[one] += 1
        waiting = [one for one in waiting if notes.of(one) is None and tries[one] < TRIES]


def _on_one_service(
    fault: Fault, workers: int, batch: Sequence[Hunt], notes: Notes, databases: Throwaways
) -> Iterator[Hunt]:
    """Hunt until all are noted or one has no result; give each that was tried."""
    with ExitStack() as stack:
        try:
            app_url = stack.enter_context(served(fault, workers, databases))
        except ToolboxError as exc:
            click.echo(f"{fault.name}: {exc}", err=True)
            yield from batch
            return
        for one in batch:
            yield one
            try:
                notes.add(one, hunt(app_url, fault, workers, one.seed, one.options))
            except ToolboxError as exc:
                click.echo(f"{fault.name}: {exc}", err=True)
                return
