"""The service beside a bare application that does the same work."""

from dataclasses import dataclass

import click

from toolbox.bench import startup, throughput
from toolbox.bench.figures import Effort, Figures, Table
from toolbox.bench.startup import StartUp
from toolbox.bench.throughput import Generator, Throughput


@dataclass(frozen=True)
class Comparison(Figures):
    """What the service takes, and gives, beside the bare application."""

    effort: Effort
    startup: list[StartUp]
    throughput: list[Throughput]
    generator: Generator | None

    def tables(self) -> list[Table]:
        """Return the figures as tables."""
        tables = [startup.table(self.startup)]
        if self.generator:
            tables.append(throughput.table(self.throughput, self.generator, self.effort))
        return tables


def measure(database: str, effort: Effort, *, with_throughput: bool = True) -> Comparison:
    """Measure start-up, and throughput unless it is not asked for.

    Raises:
        ToolboxError: an application answered otherwise than it should.
    """
    click.echo("Start-up ...", err=True)
    started = startup.measure(database, effort.rounds)
    if not with_throughput:
        return Comparison(effort, started, [], None)
    return Comparison(effort, started, *throughput.measure(database, effort))
