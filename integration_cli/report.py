"""A run's result on stdout: verdicts, counterexamples a person can replay, latency."""

from collections.abc import Sequence
from typing import Any

import click

from integration_cli.checks.verdict import Finding, State, Verdict
from integration_cli.history import History
from integration_cli.latency import summarize
from integration_cli.operation import Operation
from integration_cli.reporting.run import Report
from integration_cli.run import MIXED

COLORS = {
    State.HELD: "green",
    State.VIOLATED: "red",
    State.SKIPPED: "yellow",
    State.INCONCLUSIVE: "yellow",
}
SHOWN = 12  # operations of a counterexample: a race of hundreds is told by its first


def print_verdicts(verdicts: Sequence[Verdict]) -> None:
    """One line per invariant, and below it a counterexample if it was violated."""
    for one in verdicts:
        state = click.style(f"{one.state:<12}", fg=COLORS[one.state])
        click.echo(f"{state} {one.invariant} ({_measure(one)})")
        if one.findings:
            _print_finding(one.findings[0])


def _measure(one: Verdict) -> str:
    if one.findings:
        return f"{one.violations} of {one.observations} occasions"
    return one.reason or f"{one.observations} observations"


def _print_finding(finding: Finding) -> None:
    click.echo(f"    {finding.sentence}:")
    start = min(one.invoked for one in finding.operations)
    for one in finding.operations[:SHOWN]:
        at = (one.invoked - start) / 1e6
        where = f"worker {one.worker}" if one.worker else "worker unknown"
        click.echo(
            f"    +{at:.1f} ms  {one.client}, {where}, {one.phase}: "
            f"{one.method} {one.path} -> {one.outcome} after {one.milliseconds:.1f} ms"
        )
    if len(finding.operations) > SHOWN:
        click.echo(f"    and {len(finding.operations) - SHOWN} more, in the history")
    for line in finding.curl[: SHOWN + 2]:
        click.echo(f"        {line}")


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
    click.echo(f"workers seen: {len(workers) or 'unknown (no answer names its process)'}")
    if history.path:
        click.echo(f"history: {history.path}")


def print_report(report: Report) -> None:
    """A whole run: verdicts, latency, and what the load was held to."""
    about = report.environment
    told = ", ".join(f"{name} {value}" for name, value in about.options.items())
    click.echo(f"run {about.run_id}: {told}")
    print_verdicts(report.verdicts)
    mixed = [one for one in report.operations if one.phase == MIXED]
    print_latency("mixed workload, closed loop", mixed)
    for step in report.load:
        _print_step(step)
    if report.knee:
        click.echo(f"knee: {report.knee}")
    for one in report.thresholds:
        click.secho(one["text"], fg={"kept": "green", "missed": "red"}.get(one["state"], "yellow"))
    workers = {one.worker for one in report.operations if one.worker}
    click.echo(f"workers seen: {len(workers) or 'unknown (no answer names its process)'}")
    if report.made:
        is_cut = bool(report.rows["cut"])
        click.secho(f"rows made: {report.made}", fg="yellow" if is_cut else None)
    click.secho(report.headline, fg=COLORS[report.state], bold=True)


def _print_step(step: dict[str, Any]) -> None:
    percentiles = ", ".join(f"{name} {value:.1f} ms" for name, value in step["response_ms"].items())
    doubt = f"; inconclusive: {step['doubt']}" if step["doubt"] else ""
    click.echo(
        f"load, open loop: {step['rate']:g}/s for {step['seconds']:g} s, "
        f"{step['answered_per_second']:.0f}/s good, {sum(step['failures'].values())} errors, "
        f"{percentiles}{doubt}"
    )
