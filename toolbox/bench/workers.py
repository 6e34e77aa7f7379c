"""Whether a second worker doubles what the service can do.

On two cores, which the workers share with Postgres and the load generator, it cannot be seen by the
rate: so each row says what the limit was, and the last column asks what the cores would not hide:
how many answers there are for each second of the processor that the busiest worker uses. Where a
worker has a core of its own that is its limit, and a worker that takes less than its share of the
connections, or that pays for the other's company, shows in it.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import click
import psutil

from toolbox.bench.figures import Effort, Figures, Spread, Table
from toolbox.bench.report import with_spread
from toolbox.bench.requests import READ, Request, load
from toolbox.bench.sending import sending, warm_up
from toolbox.bench.servers import SERVICE, Running, production, running
from toolbox.bench.turns import in_turns
from toolbox.bench.world import Owner, fill
from toolbox.processes import workers_of

LIVE = Request("GET /health/live", "GET", "/health/live")
REQUESTS = (LIVE, READ)

# Shares of the time from which on something was the limit.
BUSY = 0.9

THE_WORKERS, THE_GENERATOR, THE_CORES, NOTHING = "the workers", "the generator", "the cores", "none"


@dataclass(frozen=True)
class Round:
    """One run of the load on so many workers."""

    rate: float
    """Answers a second."""
    per_second_of_busiest: float
    """Answers for each second of the processor that the busiest worker used."""
    workers: float
    """How much of a core each worker used, on average."""
    share: float
    """What share of all that the workers used the busiest did."""
    generator: float
    """How much of a core the generator used."""
    idle: float
    """What share of all cores nobody used, no other program either."""

    @property
    def limit(self) -> str:
        """What could not do more."""
        if self.workers > BUSY:
            return THE_WORKERS
        if self.generator > BUSY:
            return THE_GENERATOR
        return THE_CORES if self.idle < 1 - BUSY else NOTHING


@dataclass(frozen=True)
class Scaling:
    """Two workers beside one, for one kind of request."""

    request: str
    one: Spread
    """Answers a second."""
    two: Spread
    ratio: Spread | None
    """Of the rates; None where the workers were not the limit in both."""
    limits: list[str]
    """What was, in each round with two workers."""
    generator: Spread
    """How much of a core the generator used, with two workers."""
    share: Spread
    """What share of the work the busier of two workers did; half is best."""
    capacity: Spread
    """The ratio of the answers for each second of the processor that the busiest worker used."""


@dataclass(frozen=True)
class WorkersFigures(Figures):
    """What a second worker adds."""

    effort: Effort
    scaling: list[Scaling]

    def tables(self) -> list[Table]:
        """Return the figures as tables."""
        title = f"Two workers beside one, {self.effort.connections} connections"
        columns = (
            "Request",
            "1 worker",
            "2 workers",
            "Rates",
            "Limit",
            "Generator",
            "Busier",
            "Capacity",
        )
        return [Table(title, columns, [_row(one) for one in self.scaling], NOTES)]


NOTES = (
    "Rates: answers a second, and their ratio where the workers were the limit in all rounds.",
    "Limit, and how much of a core the generator used: with two workers.",
    "Busier: what share of the two workers' work the busier one did.",
    "Capacity: the ratio of answers for each second that the busiest worker computes; at best 2.",
)


def measure(database: str, effort: Effort) -> WorkersFigures:
    """Measure one worker and two in turns, on the same database.

    Args:
        database: the URL of one at head, without rows.
        effort: how much to measure; each connection is another user's.

    Raises:
        ToolboxError: the service answered otherwise than it should.
    """
    environment = production(database)
    with (
        running(SERVICE, environment, 1) as one,
        running(SERVICE, environment, 2) as two,
    ):
        click.echo("Users and items ...", err=True)
        owners = fill(one.url, database, effort.connections)
        return WorkersFigures(
            effort, [_measure(request, one, two, owners, effort) for request in REQUESTS]
        )


def _measure(
    request: Request, one: Running, two: Running, owners: Sequence[Owner], effort: Effort
) -> Scaling:
    click.echo(f"{request.name} ...", err=True)
    rounds: dict[Running, list[Round]] = {one: [], two: []}
    for target in rounds:
        warm_up(load(request, target, owners, effort))
    for target in in_turns((one, two), effort.rounds):
        rounds[target].append(_round(request, target, owners, effort))
    return sum_up(request.name, rounds[one], rounds[two])


def _round(request: Request, target: Running, owners: Sequence[Owner], effort: Effort) -> Round:
    processes = workers_of(target.pid)
    with sending(load(request, target, owners, effort), request.name) as outcome:
        before, machine = [_used(one) for one in processes], psutil.cpu_times()
        came = outcome()
        after, machine_after = [_used(one) for one in processes], psutil.cpu_times()
    used = [end - start for start, end in zip(before, after, strict=True)]
    spent = sum(machine_after) - sum(machine)
    return Round(
        rate=came.rate,
        per_second_of_busiest=came.answers / max(used),
        workers=sum(used) / len(used) / came.seconds,
        share=max(used) / sum(used),
        generator=came.cpu,
        idle=(machine_after.idle - machine.idle) / spent,
    )


def _used(process: psutil.Process) -> float:
    """Return the seconds of the processor that a process has used."""
    times = process.cpu_times()
    return times.user + times.system


def sum_up(request: str, one: Sequence[Round], two: Sequence[Round]) -> Scaling:
    """Compare the rounds of one worker with those of two."""
    conclusive = all(each.limit == THE_WORKERS for each in (*one, *two))
    rates = [each.rate for each in one], [each.rate for each in two]
    return Scaling(
        request=request,
        one=Spread.of(rates[0]),
        two=Spread.of(rates[1]),
        ratio=Spread.of_ratios(rates[1], rates[0]) if conclusive else None,
        limits=[each.limit for each in two],
        generator=Spread.of([each.generator for each in two]),
        share=Spread.of([each.share for each in two]),
        capacity=Spread.of_ratios(
            [each.per_second_of_busiest for each in two],
            [each.per_second_of_busiest for each in one],
        ),
    )


def _row(one: Scaling) -> tuple[str, ...]:
    return (
        one.request,
        f"{one.one.median:,.0f}",
        f"{one.two.median:,.0f}",
        with_spread(one.ratio, ".2f") if one.ratio else "inconclusive",
        max(set(one.limits), key=one.limits.count),
        f"{one.generator.median:.0%}",
        f"{one.share.median:.0%}",
        with_spread(one.capacity, ".2f"),
    )
