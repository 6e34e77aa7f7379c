"""A run's result on stdout: verdicts, counterexamples a person can replay, latency."""

import json
import shlex
from collections.abc import Sequence
from pathlib import Path

import click

from integration_cli.checks.verdict import State, Verdict, Violation
from integration_cli.history import History
from integration_cli.latency import summarize
from integration_cli.operation import Operation
from integration_cli.target import AppUrl

COLORS = {
    State.HELD: "green",
    State.VIOLATED: "red",
    State.SKIPPED: "yellow",
    State.INCONCLUSIVE: "yellow",
}
LONG = 500  # characters of a body that are still shown
SHOWN = 12  # operations of a counterexample: a race of hundreds is told by its first


def print_verdicts(app_url: AppUrl, verdicts: Sequence[Verdict], history: History) -> None:
    """One line per invariant, and below it a counterexample if it was violated."""
    for one in verdicts:
        state = click.style(f"{one.state:<12}", fg=COLORS[one.state])
        click.echo(f"{state} {one.invariant} ({_measure(one)})")
        if one.violations:
            shortest = min(one.violations, key=lambda violation: len(violation.operations))
            _print_violation(app_url, shortest, history.path)


def _measure(one: Verdict) -> str:
    if one.violations:
        return f"{len(one.violations)} counterexamples in {one.observations} observations"
    return one.note or f"{one.observations} observations"


def _print_violation(app_url: AppUrl, violation: Violation, history: Path | None) -> None:
    click.echo(f"    {violation.sentence}:")
    start = min(one.invoked for one in violation.operations)
    for one in violation.operations[:SHOWN]:
        at = (one.invoked - start) / 1e6
        where = f"worker {one.worker}" if one.worker else "worker unknown"
        click.echo(
            f"    +{at:.1f} ms  {one.client}, {where}, {one.phase}: "
            f"{one.method} {one.path} -> {one.outcome} after {one.milliseconds:.1f} ms"
        )
        click.echo(f"        {curl(app_url, one, history)}")
    if len(violation.operations) > SHOWN:
        click.echo(f"    and {len(violation.operations) - SHOWN} more, in the history")


def curl(app_url: AppUrl, operation: Operation, history: Path | None = None) -> str:
    """The operation as a shell command; the token is left to the reader: a report keeps none.

    A long body is taken out of the history, where `invoked` names the operation.
    """
    parts, feed = ["curl", "-i", "-X", operation.method], ""
    if operation.user:
        parts += ["-H", "Authorization: Bearer TOKEN"]
    if operation.body is not None:
        body = json.dumps(operation.body, separators=(",", ":"))
        if history and len(body) > LONG:
            select = f"select(.invoked == {operation.invoked}).body"
            feed, body = f"{shlex.join(['jq', '-c', select, str(history)])} | ", "@-"
        parts += ["-H", "Content-Type: application/json", "-d", body]
    return feed + shlex.join([*parts, f"{app_url}{operation.path}"])


def print_latency(title: str, operations: Sequence[Operation]) -> None:
    """Latency of some operations, and their answers other than 2xx, in two lines."""
    latency = summarize(operations)
    if latency is None:
        return
    click.echo(f"{title}: {latency}")
    others = ", ".join(f"{what} x {n}" for what, n in sorted(latency.others.items()))
    click.echo(f"answers other than 2xx (some are asked for): {others or 'none'}")


def print_coverage(history: History) -> None:
    """Which processes answered, and where the evidence is."""
    workers = {one.worker for one in history.operations if one.worker}
    click.echo(f"workers seen: {len(workers) or 'unknown (no X-Worker header)'}")
    if history.path:
        click.echo(f"history: {history.path}")
