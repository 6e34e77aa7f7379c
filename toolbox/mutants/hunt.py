"""Letting the checker loose on a faulty service, and noting what it says of it."""

import json
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psycopg

from toolbox.checkout import DATA, ROOT
from toolbox.databases import Throwaways
from toolbox.errors import ToolboxError
from toolbox.mutants.fault import Fault
from toolbox.serving import serve

PATIENCE = 600  # seconds that one run of the checker may take
VIOLATED = 1  # the checker's exit code
LOGS = DATA / "mutants"


@dataclass(frozen=True, slots=True)
class Catch:
    """What the checker said of one fault, once.

    Attributes:
        violated: the invariants that it found broken.
        seconds: from its first request to the last of the operations that show the fault.
        operations: how many the shortest counterexample of a rightly named invariant has.
        named: it broke one of the invariants that the fault is known to break.
    """

    violated: tuple[str, ...]
    seconds: float | None
    operations: int | None
    named: bool


def hunt(fault: Fault, workers: int, seed: int, databases: Throwaways, options: list[str]) -> Catch:
    """Serve the service with the fault, check it, and return what the checker said.

    Args:
        fault: what is put in.
        workers: how many processes serve.
        seed: the checker's.
        databases: make the one that it runs on.
        options: further ones of the checker.

    Raises:
        ToolboxError: the faulty service does not start, or the checker gave no report.
    """
    url = databases.create("mutant", databases.migrated_template())
    try:
        with psycopg.connect(url, autocommit=True) as connection:
            for statement in fault.sql:
                connection.execute(statement.encode())
        log = LOGS / f"{fault.name}-{workers}-{seed}.log"
        with fault.put_in() as folder, serve(url, workers, log, fault.environment, folder) as app:
            return _judge(_check(app, seed, log.with_suffix(""), options), fault)
    finally:
        databases.drop(url)


def _check(app_url: str, seed: int, place: Path, options: list[str]) -> dict[str, Any]:
    """Run the checker and return its report, with the instant at which its run began."""
    report, history = place.with_suffix(".json"), place.with_suffix(".jsonl")
    report.unlink(missing_ok=True)
    command = [sys.executable, "-m", "integration_cli", "concurrency", "--app-url", app_url]
    command += ["--seed", str(seed), "--json", str(report), "--history", str(history), *options]
    try:
        done = subprocess.run(
            command, cwd=ROOT, capture_output=True, text=True, timeout=PATIENCE, check=False
        )
        said = f"it ended with {done.returncode}: {done.stderr.strip()[-500:]}"
    except subprocess.TimeoutExpired:
        said = f"it did not end within {PATIENCE} s"
    if not report.exists():
        raise ToolboxError(f"The checker gave no report: {said}")
    found: dict[str, Any] = json.loads(report.read_text())
    found["began"] = _first_instant(history)
    history.unlink()  # tens of megabytes, of which the report has what matters
    return found


def _first_instant(history: Path) -> int:
    """Return when the first request of a run was sent, in nanoseconds of a monotonic clock."""
    with history.open() as lines:
        operations = (json.loads(line) for line in lines)
        return next(int(one["invoked"]) for one in operations if "invoked" in one)


def _judge(report: dict[str, Any], fault: Fault) -> Catch:
    broken = {
        verdict["invariant"]: verdict["findings"]
        for verdict in report["verdicts"]
        if verdict["state"] == "violated"
    }
    right = [name for name in fault.invariants if name in broken]
    shown = [one["operations"] for name in right for one in broken[name]]
    if not shown:
        return Catch(tuple(broken), None, None, named=bool(right))
    ends = [max(int(one["returned"]) for one in operations) for operations in shown if operations]
    began = int(report["began"])
    return Catch(
        tuple(broken),
        (min(ends) - began) / 1e9 if ends else None,
        min(len(operations) for operations in shown),
        named=True,
    )


def log_folder() -> Path:
    """Return where the services' logs are kept, made if need be."""
    LOGS.mkdir(parents=True, exist_ok=True)
    return LOGS
