"""Benchmarks: reports, never verdicts."""

import json
import os
from collections.abc import Callable
from dataclasses import asdict
from typing import TextIO

import click

from toolbox.bench import startup as starting
from toolbox.bench import tests as testing
from toolbox.bench import throughput
from toolbox.bench.figures import Effort, Report, Throughput
from toolbox.bench.report import show
from toolbox.databases import Throwaways
from toolbox.postgres import choose
from toolbox.processes import end_like_ctrl_c, end_with_parent


class ApiByDefault(click.Group):
    """A group that runs `api` when no command is named."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Read the command line."""
        if not args or (args[0].startswith("-") and args[0] not in ctx.help_option_names):
            args = ["api", *args]
        return super().parse_args(ctx, args)


Command = Callable[..., None]
AT_LEAST_ONE = click.IntRange(min=1)


def reported(command: Command) -> Command:
    """Add the options that every benchmark has."""
    command = click.option("--rounds", default=Effort.rounds, show_default=True, type=AT_LEAST_ONE)(
        command
    )
    return click.option(
        "--json", "path", type=click.File("w", lazy=False), help="Write the figures here too."
    )(command)


@click.group(cls=ApiByDefault)
def bench() -> None:
    """Measure the service beside a bare application that does the same; by default `api`."""
    end_like_ctrl_c()
    end_with_parent()


@bench.command()
@reported
@click.option(
    "--seconds",
    default=Effort.seconds,
    show_default=True,
    type=click.FloatRange(min=0, min_open=True),
    help="Of load in each round.",
)
@click.option("--connections", default=Effort.connections, show_default=True, type=AT_LEAST_ONE)
def api(rounds: int, seconds: float, connections: int, path: TextIO | None) -> None:
    """Measure the service's start-up, and its throughput."""
    _report(Effort(rounds, seconds, connections), path, with_throughput=True)


@bench.command()
@reported
def startup(rounds: int, path: TextIO | None) -> None:
    """Measure the service's start-up alone."""
    _report(Effort(rounds), path, with_throughput=False)


@bench.command()
@click.option("--rounds", default=3, show_default=True, type=AT_LEAST_ONE)
def tests(rounds: int) -> None:
    """Measure the functional tests, and what their isolation costs."""
    costs = testing.measure(rounds)
    click.echo(
        f"{costs.tests} functional tests, {costs.per_second:.1f} a second from the start of pytest "
        f"to its end;\nisolation adds {costs.isolation:.2f} ms to a test. "
        f"Medians of {rounds} rounds on {os.cpu_count()} cores."
    )


def _report(effort: Effort, path: TextIO | None, *, with_throughput: bool) -> None:
    with Throwaways(choose().up()) as databases:
        database = databases.create("bench", databases.migrated_template())
        click.echo("Start-up ...", err=True)
        started = starting.measure(database, effort.rounds)
        rows: list[Throughput] = []
        generator = None
        if with_throughput:
            rows, generator = throughput.measure(database, effort)
    report = Report(
        effort=effort,
        cores=os.cpu_count() or 1,
        startup=started,
        throughput=rows,
        generator=generator,
    )
    show(report)
    if path:
        json.dump(asdict(report), path, indent=2)
