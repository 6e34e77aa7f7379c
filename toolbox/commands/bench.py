"""Benchmarks: reports, never verdicts."""

import json
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict
from functools import wraps
from pathlib import Path
from typing import TextIO

import click
from click.core import ParameterSource
from rich.console import Console

from toolbox.bench import checking as judging
from toolbox.bench import comparison, rivals
from toolbox.bench import logins as logging_in
from toolbox.bench import memory as weighing
from toolbox.bench import openloop as scheduling
from toolbox.bench import pages as paging
from toolbox.bench import rehearsal as rehearsing
from toolbox.bench import reload as reloading
from toolbox.bench import tests as testing
from toolbox.bench import workers as scaling
from toolbox.bench.figures import Effort, Figures, Origin
from toolbox.bench.report import markdown, show
from toolbox.checkout import ROOT
from toolbox.commands.groups import WithDefault
from toolbox.databases import Throwaways
from toolbox.gate.rehearsal import show as rehearsal_table
from toolbox.postgres import choose
from toolbox.processes import end_like_ctrl_c, end_with_parent, run

Measure = Callable[..., Figures]
Command = Callable[..., None]
AT_LEAST_ONE = click.IntRange(min=1)


@click.group(cls=WithDefault, default="api")
def bench() -> None:
    """Measure the service; by default `api`, beside a bare application that does the same."""
    end_like_ctrl_c()
    end_with_parent()


def benchmark(rounds: int) -> Callable[[Measure], Command]:
    """Make a command of a function that measures; it reports as all of them do.

    Args:
        rounds: how many there are by default.
    """

    def decorate(measure: Measure) -> Command:
        @bench.command(measure.__name__)
        @click.option(
            "--rounds",
            default=rounds,
            show_default=True,
            type=AT_LEAST_ONE,
            help="How often all is measured; a figure is the median.",
        )
        @click.option(
            "--format",
            "form",
            default="text",
            show_default=True,
            type=click.Choice(["text", "markdown"]),
            help="How the figures are printed.",
        )
        @click.option(
            "--json", "path", type=click.File("w", lazy=False), help="Write the figures here too."
        )
        @wraps(measure)
        def command(rounds: int, form: str, path: TextIO | None, **options: object) -> None:
            origin = Origin(_command(), rounds)
            figures = measure(rounds, **options)
            if form == "markdown":
                click.echo(markdown(figures, origin))
            else:
                show(figures, origin)
            if path:  # click opened it before anything was measured
                json.dump({**asdict(origin), **asdict(figures)}, path, indent=2)

        return command

    return decorate


def seconds(default: float) -> Callable[[Measure], Measure]:
    """Add the option of how long each round is."""
    return click.option(
        "--seconds",
        default=default,
        show_default=True,
        type=click.FloatRange(min=0, min_open=True),
        help="Of load in each round.",
    )


def connections(measure: Measure) -> Measure:
    """Add the option of how many connections send."""
    return click.option(
        "--connections",
        default=Effort.connections,
        show_default=True,
        type=AT_LEAST_ONE,
        help="How many send at once; each is another user's.",
    )(measure)


@benchmark(Effort.rounds)
@seconds(Effort.seconds)
@connections
def api(rounds: int, seconds: float, connections: int) -> Figures:
    """Compare start-up and throughput with a bare application's."""
    with _database() as database:
        return comparison.measure(database, Effort(rounds, seconds, connections))


@benchmark(Effort.rounds)
def startup(rounds: int) -> Figures:
    """Measure start-up alone."""
    with _database() as database:
        return comparison.measure(database, Effort(rounds), with_throughput=False)


@benchmark(Effort.rounds)
@click.option(
    "--rows",
    default=1_000_000,
    show_default=True,
    type=click.IntRange(min=paging.FEW),
    help="Items of the user who has many.",
)
@seconds(1.0)
def pages(rounds: int, rows: int, seconds: float) -> Figures:
    """Compare a page of many items with one of few."""
    with _database() as database:
        return paging.measure(database, rows, Effort(rounds, seconds, connections=1))


@benchmark(3)
@click.option(
    "--clients",
    default=100,
    show_default=True,
    type=AT_LEAST_ONE,
    help="How many log in at once; each is another user.",
)
@seconds(5.0)
def logins(rounds: int, clients: int, seconds: float) -> Figures:
    """Measure how live the service is while many log in."""
    with _database() as database:
        return logging_in.measure(database, Effort(rounds, seconds, clients))


@benchmark(3)
@click.option(
    "--requests",
    default=100_000,
    show_default=True,
    type=click.IntRange(min=weighing.QUARTERS),
    help="How many a worker answers.",
)
@connections
def memory(rounds: int, requests: int, connections: int) -> Figures:
    """Measure whether a worker's memory grows."""
    with _database() as database:
        return weighing.measure(database, requests, Effort(rounds, connections=connections))


@benchmark(Effort.rounds)
@seconds(3.0)
@connections
def workers(rounds: int, seconds: float, connections: int) -> Figures:
    """Measure what a second worker adds."""
    with _database() as database:
        return scaling.measure(database, Effort(rounds, seconds, connections))


@benchmark(Effort.rounds)
@seconds(10.0)
@connections
def generator(rounds: int, seconds: float, connections: int) -> Figures:
    """Compare the percentiles of concurrency's load with wrk2's, and through a stall."""
    with _database() as database:
        return scheduling.measure(database, Effort(rounds, seconds, connections))


@benchmark(2)
@seconds(4.0)
@connections
def servers(rounds: int, seconds: float, connections: int) -> Figures:
    """Compare our supervisor with Uvicorn's, gunicorn and granian."""
    return rivals.measure(Effort(rounds, seconds, connections), seconds)


@benchmark(9)
def reload(rounds: int) -> Figures:
    """Compare how soon a save is served by `nox -s dev`, and by Uvicorn's own reload."""
    with _database() as database:
        return reloading.measure(database, rounds)


@benchmark(3)
def tests(rounds: int) -> Figures:
    """Measure the functional tests, and what their isolation costs."""
    return testing.measure(rounds)


@benchmark(3)
@click.option(
    "--operations",
    default=100_000,
    show_default=True,
    type=AT_LEAST_ONE,
    help="How long the history is.",
)
def checking(rounds: int, operations: int) -> Figures:
    """Measure what it costs to judge a history of `concurrency`."""
    return judging.measure(operations, rounds)


@bench.command()
@click.option("--rows", default=1_000_000, show_default=True, type=AT_LEAST_ONE)
@click.option(
    "--output",
    type=click.Path(dir_okay=False, path_type=Path),
    default=ROOT / "docs" / "images" / "rehearsal.svg",
    help="Where the plot goes.",
)
def rehearsal(rows: int, output: Path) -> None:
    """Draw what requests meet while a column is widened: at once, and in batches."""
    with Throwaways(choose().up()) as databases:
        plot, rehearsals = rehearsing.draw(databases, rows)
    for each in rehearsals:
        rehearsal_table.show(each, Console(highlight=False))
    output.write_text(plot)
    click.echo(f"The plot is {output}")


@bench.command()
@click.pass_context
def migrations(ctx: click.Context) -> None:
    """Compare the migration gate with other tools, on all cases of tests/gate."""
    ctx.exit(run([sys.executable, "-W", "ignore", "-m", "tests.gate.comparison"]))


@contextmanager
def _database() -> Iterator[str]:
    """Make a database at head, without rows, for as long as the context."""
    with Throwaways(choose().up()) as databases:
        yield databases.create("bench", databases.migrated_template())


def _command() -> str:
    """Return the command that measures the same again."""
    context = click.get_current_context()
    words = [context.command.name or ""]
    for name, value in context.params.items():
        said = context.get_parameter_source(name) is ParameterSource.COMMANDLINE
        if said and name not in {"form", "path"}:
            words += [f"--{name}", f"{value:g}"]
    return f"nox -s bench -- {' '.join(words)}"
