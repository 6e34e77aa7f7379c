"""Letting the checker loose on a faulty service, and noting what it says of it."""

import json
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import psycopg

from toolbox.databases import Throwaways
from toolbox.mutants.checker import Report, check, history_of, log_folder
from toolbox.mutants.fault import Fault
from toolbox.serving import serve

VIOLATED = "violated"  # the checker's word


@dataclass(frozen=True, slots=True)
class Catch:
    """What the checker said of one fault, once.

    Attributes:
        violated: the invariants that it found broken.
        seconds: from its first request to the last of the operations that show the fault.
        operations: how many the shortest counterexample of a rightly named invariant has.
        named: it broke one of the invariants that the fault is known to break.
        took: the seconds of the whole run of the checker.
    """

    violated: tuple[str, ...]
    seconds: float | None
    operations: int | None
    named: bool
    took: float = 0.0


@contextmanager
def served(fault: Fault, workers: int, databases: Throwaways) -> Iterator[str]:
    """Serve the service with the fault on a database of its own, and give its URL.

    Args:
        fault: what is put in.
        workers: how many processes serve.
        databases: make the one that it runs on.

    Raises:
        ToolboxError: the faulty service does not start.
    """
    url = databases.create("mutant", databases.migrated_template())
    try:
        with psycopg.connect(url, autocommit=True) as connection:
            for statement in fault.sql:
                connection.execute(statement.encode())
        log = log_folder() / f"{fault.name}-{workers}.log"
        with fault.put_in() as folder, serve(url, workers, log, fault.environment, folder) as app:
            yield app
    finally:
        databases.drop(url)


def hunt(app_url: str, fault: Fault, workers: int, seed: int, options: Sequence[str]) -> Catch:
    """Check a service that has the fault, and return what the checker said.

    Args:
        app_url: where the faulty service is.
        fault: what it has.
        workers: how many processes serve.
        seed: the checker's.
        options: further ones of the checker.

    Raises:
        ToolboxError: the checker gave no report.
    """
    place = log_folder() / f"{fault.name}-{workers}-{seed}"
    began = time.monotonic()
    try:
        report = check(app_url, seed, place, options)
        took = time.monotonic() - began
        return _judge(report, _first_instant(history_of(place)), took, fault)
    finally:
        history_of(place).unlink(missing_ok=True)


def _first_instant(history: Path) -> int:
    """Return when the first request of a run was sent, in nanoseconds of a monotonic clock."""
    with history.open() as lines:
        operations = (json.loads(line) for line in lines)
        return next(int(one["invoked"]) for one in operations if "invoked" in one)


def _judge(report: Report, began: int, took: float, fault: Fault) -> Catch:
    broken = {
        verdict["invariant"]: verdict["findings"]
        for verdict in report["verdicts"]
        if verdict["state"] == VIOLATED
    }
    right = [name for name in fault.invariants if name in broken]
    shown = [one["operations"] for name in right for one in broken[name]]
    if not shown:
        return Catch(tuple(broken), None, None, bool(right), took)
    ends = [max(int(one["returned"]) for one in operations) for operations in shown if operations]
    seconds = (min(ends) - began) / 1e9 if ends else None
    return Catch(tuple(broken), seconds, min(map(len, shown)), bool(right), took)
