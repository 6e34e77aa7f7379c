"""The service without a fault, checked again and again: whatever is found there is a false alarm.

In some runs a worker is killed meanwhile, in others Postgres is restarted or killed: trouble that
a service may have, and that breaks no promise.
"""

import os
import signal
import subprocess
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from random import Random

import click
import httpx2

from toolbox.bench.figures import Table
from toolbox.errors import ToolboxError
from toolbox.mutants.checker import check, history_of, log_folder
from toolbox.postgres.cluster import Cluster
from toolbox.resilience.postgres import kill, private
from toolbox.serving import serve

WORKERS = (1, 2, 4)
GUESS = 30.0  # seconds that a run takes, until one was seen
MIDDLE = (0.15, 0.85)  # of a run: there something happens
STATES = ("held", "violated", "inconclusive", "skipped")  # the checker's words
COLUMNS = ("meanwhile", "workers", "runs", *STATES, "no report", "seconds")


@dataclass(frozen=True, slots=True)
class Event:
    """Something that happens to a service in the middle of a run, and breaks no promise."""

    name: str
    happen: Callable[[Cluster, str], object]


def _kill_worker(_: Cluster, app_url: str) -> None:
    """Kill the worker that answers."""
    try:
        worker = httpx2.get(f"{app_url}/health/live", timeout=30).headers["x-worker"]
    except httpx2.HTTPError as exc:
        raise ToolboxError(f"No worker answers, so that none can be killed: {exc!r}") from None
    os.kill(int(worker), signal.SIGKILL)


def _restart_postgres(cluster: Cluster, _: str) -> None:
    cluster.stop()
    cluster.up()


def _kill_postgres(cluster: Cluster, _: str) -> None:
    kill(cluster)
    cluster.up()


NOTHING = Event("nothing", lambda _, __: None)
KILL = Event("a worker is killed", _kill_worker)
EVENTS = (
    NOTHING,
    KILL,
    Event("Postgres restarts", _restart_postgres),
    NOTHING,
    KILL,
    Event("Postgres is killed", _kill_postgres),
)


@dataclass(frozen=True, slots=True)
class Clean:
    """What the checker said of a service without a fault.

    Attributes:
        event: the name of what happened meanwhile.
        workers: how many processes served.
        verdicts: the invariants that came out in each state, by the checker's word for it.
        alarms: what was said of each that was called broken.
        took: the seconds of the run; None where there was no report.
    """

    event: str
    workers: int
    verdicts: dict[str, list[str]] = field(default_factory=dict)
    alarms: tuple[str, ...] = ()
    took: float | None = None


def run(count: int, workers: Sequence[int], options: Sequence[str]) -> Iterator[Clean]:
    """Check so many times, with each event under each number of workers in turn.

    Args:
        count: how many runs.
        workers: the numbers of processes that serve.
        options: further ones of the checker.
    """
    length = GUESS
    with private() as cluster:
        for seed in range(count):
            number = workers[seed % len(workers)]
            event = EVENTS[seed // len(workers) % len(EVENTS)]
            after = length * Random(seed).uniform(*MIDDLE)  # noqa: S311 - chance that comes again
            try:
                found = _run(cluster, number, seed, (event, after), options)
            except ToolboxError as exc:
                click.echo(f"{event.name} after {after:.0f} s: {exc}", err=True)
                found = Clean(event.name, number)
            length = found.took or length
            yield found


def _run(
    cluster: Cluster, workers: int, seed: int, then: tuple[Event, float], options: Sequence[str]
) -> Clean:
    event, after = then
    place = log_folder() / f"clean-{workers}-{seed}"

    def meanwhile(checker: subprocess.Popen[bytes]) -> None:
        with suppress(subprocess.TimeoutExpired):
            checker.wait(after)
            return  # it has ended
        event.happen(cluster, app_url)

    with serve(cluster.up(), workers, place.with_suffix(".log")) as app_url:
        began = time.monotonic()
        report = check(app_url, seed, place, options, meanwhile)
        took = time.monotonic() - began
    verdicts: dict[str, list[str]] = {}
    alarms = []
    for one in report["verdicts"]:
        verdicts.setdefault(one["state"], []).append(one["invariant"])
        alarms += [f"{one['invariant']}: {what['sentence']}" for what in one["findings"]]
    if not alarms:
        _forget(place)
    return Clean(event.name, workers, verdicts, tuple(alarms), took)


def _forget(place: Path) -> None:
    """Remove what nobody needs to look into."""
    for path in (history_of(place), place.with_suffix(".json"), place.with_suffix(".log")):
        path.unlink(missing_ok=True)


def table(found: Sequence[Clean]) -> Table:
    """Return how many verdicts of each kind there were, by what happened and by workers."""
    groups: dict[tuple[str, int], list[Clean]] = {}
    for one in found:
        groups.setdefault((one.event, one.workers), []).append(one)
    rows = [_row(*key, group) for key, group in sorted(groups.items())]
    return Table("Runs without a fault, and their verdicts", COLUMNS, rows, _notes(found))


def _row(event: str, workers: int, group: Sequence[Clean]) -> tuple[str, ...]:
    counts = Counter(dict.fromkeys(STATES, 0))
    for one in group:
        counts.update({state: len(names) for state, names in one.verdicts.items()})
    took = [one.took for one in group if one.took is not None]
    mean = f"{sum(took) / len(took):.0f}" if took else ""
    states = (str(counts[state]) for state in STATES)
    return (event, str(workers), str(len(group)), *states, str(len(group) - len(took)), mean)


def _notes(found: Sequence[Clean]) -> tuple[str, ...]:
    bad = [one for one in found if one.alarms]
    open_ = Counter(name for one in found for name in one.verdicts.get("inconclusive", ()))
    named = ", ".join(f"{name} ({count})" for name, count in open_.most_common())
    return (
        f"{len(found)} runs, {len(bad)} with a false alarm.",
        *(f"{one.event}, {one.workers} workers: {alarm}" for one in bad for alarm in one.alarms),
        *([f"Not concluded: {named}."] if named else []),
    )
