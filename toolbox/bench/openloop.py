"""Whether the percentiles of the checker's load are right: beside wrk2's, and through a stall.

Both are asked of the service itself, one worker, at half of the rate at which it is full. wrk2
(https://github.com/giltene/wrk2) is in no package registry: it takes part where it is found.

The stall is real: the worker is stopped for a second, and goes on. On a schedule a known share of
the requests waits, each for a known time, so there is a figure to be held against. A closed loop,
wrk, meets one slow request on each connection and counts those alone.
"""

import shutil
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager, contextmanager, nullcontext
from dataclasses import dataclass

import click
import psutil

from toolbox.bench.figures import Effort, Figures, Spread, Table
from toolbox.bench.report import with_spread
from toolbox.bench.requests import READ, load
from toolbox.bench.scheduled import Checker, Generator, Sent, Wrk, Wrk2
from toolbox.bench.sending import send, warm_up
from toolbox.bench.servers import SERVICE, Running, production, running
from toolbox.bench.turns import in_turns
from toolbox.bench.world import Owner, fill
from toolbox.processes import workers_of

FASTEST = 2000  # requests a second: the most that the checker sends
STALL = 1.0  # seconds
STALLED_RATE = 200  # requests a second, few enough that the worker catches up at once


@dataclass(frozen=True)
class Steady:
    """What one generator says of the service under a steady load; seconds, and ratios to wrk2."""

    name: str
    p50: Spread
    p99: Spread
    p50_ratio: Spread | None
    p99_ratio: Spread | None


@dataclass(frozen=True)
class Stalled:
    """What one says while the worker stands still; seconds, and the ratio to what was due."""

    name: str
    p99: Spread
    ratio: Spread


@dataclass(frozen=True)
class OpenLoops(Figures):
    """How right the percentiles are."""

    rate: float
    """Requests a second, half of those at which the worker is full."""
    steady: list[Steady]
    stalled: list[Stalled]
    cpu: Spread
    """Seconds of the processor that the checker's generator takes for a request."""
    doubts: list[str]
    """What that generator says against its own figures."""

    def tables(self) -> list[Table]:
        """Return the figures as tables."""
        return [self._steady(), self._stalled()]

    def _steady(self) -> Table:
        rows = [
            (
                one.name,
                with_spread(one.p50, ".2f", 1000),
                with_spread(one.p99, ".2f", 1000),
                with_spread(one.p50_ratio, ".2f") if one.p50_ratio else "",
                with_spread(one.p99_ratio, ".2f") if one.p99_ratio else "",
            )
            for one in self.steady
        ]
        columns = ("Generator", "p50 ms", "p99 ms", "p50 to wrk2's", "p99 to wrk2's")
        cost = f"A request takes concurrency's generator {self.cpu.median * 1e6:.0f} us of a core."
        notes = (cost, *(f"It doubts a round: {doubt}." for doubt in self.doubts))
        return Table(f"{READ.name}, {self.rate:,.0f} requests a second", columns, rows, notes)

    def _stalled(self) -> Table:
        rows = [
            (one.name, with_spread(one.p99, ",.0f", 1000), with_spread(one.ratio, ".3f"))
            for one in self.stalled
        ]
        title = f"{READ.name}, {STALLED_RATE} requests a second, the worker stopped for a second"
        return Table(title, ("Generator", "p99 ms", "to what is due"), rows)


def measure(database: str, effort: Effort) -> OpenLoops:
    """Send by each generator in turns, to one worker.

    Args:
        database: the URL of one at head, without rows.
        effort: how much to measure.

    Raises:
        ToolboxError: an answer was not the expected one, or a generator failed.
    """
    with running(SERVICE, production(database)) as service:
        owner = fill(service.url, database, 1)[0]
        aim = (f"{service.url}{READ.path_for(owner)}", owner.user.headers, effort.connections)
        rate = _half_of_what_it_can(service, owner, effort)
        steady = _in_rounds(effort, [Checker(*aim, rate), *_installed(Wrk2(*aim, rate))])
        (worker,) = workers_of(service.pid)
        stalled = _in_rounds(
            effort,
            [
                Checker(*aim, STALLED_RATE),
                *_installed(Wrk2(*aim, STALLED_RATE), Wrk(*aim, rate=None)),
            ],
            lambda generator: _stall(worker, generator.lead + (effort.seconds - STALL) / 2),
        )
    return sum_up(rate, steady, stalled, p99_of_stall(effort.seconds))


def p99_of_stall(seconds: float) -> float:
    """Return the 99th percentile that a stall makes in so many seconds of a schedule, in seconds.

    What is due while nothing is answered waits for the rest of the stall: waits are uniform between
    nothing and STALL for a share of STALL / seconds, and nothing else takes time.
    """
    return max(0.0, STALL - 0.01 * seconds)


def sum_up(
    rate: float,
    steady: Mapping[str, Sequence[Sent]],
    stalled: Mapping[str, Sequence[Sent]],
    due: float,
) -> OpenLoops:
    """Compare what the generators said: of a steady load with wrk2, of a stall with what was due.

    Args:
        rate: of the steady load, requests a second.
        steady: what each generator said in each round; of the checker's there is always.
        stalled: the same, through a stall.
        due: the 99th percentile that the stall makes, in seconds.
    """
    ours, truth = steady[Checker.name], steady.get(Wrk2.name)
    return OpenLoops(
        rate=rate,
        steady=[_steady(name, came, truth) for name, came in steady.items()],
        stalled=[
            Stalled(
                name,
                Spread.of([one.latency.p99 for one in came]),
                Spread.of([one.latency.p99 / due for one in came]),
            )
            for name, came in stalled.items()
        ],
        cpu=Spread.of([one.cpu for one in ours if one.cpu is not None]),
        doubts=[one.doubt for one in (*ours, *stalled[Checker.name]) if one.doubt],
    )


def _steady(name: str, came: Sequence[Sent], truth: Sequence[Sent] | None) -> Steady:
    p50, p99 = [one.latency.p50 for one in came], [one.latency.p99 for one in came]
    return Steady(
        name,
        Spread.of(p50),
        Spread.of(p99),
        Spread.of_ratios(p50, [one.latency.p50 for one in truth]) if truth else None,
        Spread.of_ratios(p99, [one.latency.p99 for one in truth]) if truth else None,
    )


def _half_of_what_it_can(service: Running, owner: Owner, effort: Effort) -> float:
    everything = load(READ, service, [owner], effort)
    warm_up(everything)
    return min(send(everything, "as fast as it can").rate / 2, FASTEST)


def _installed(*generators: Wrk) -> Iterator[Wrk]:
    for one in generators:
        if shutil.which(one.name):
            yield one
        else:
            click.echo(f"{one.name} is not installed, and does not take part.", err=True)


def _in_rounds(
    effort: Effort,
    generators: Sequence[Generator],
    meanwhile: Callable[[Generator], AbstractContextManager[None]] = lambda _: nullcontext(),
) -> dict[str, list[Sent]]:
    came: dict[str, list[Sent]] = {one.name: [] for one in generators}
    for one in in_turns(generators, effort.rounds):
        click.echo(f"{one.name} ...", err=True)
        with meanwhile(one):
            came[one.name].append(one.send(effort.seconds))
    return came


@contextmanager
def _stall(worker: psutil.Process, after: float) -> Iterator[None]:
    """Let a worker stand still, so many seconds from now; the context ends after that."""

    def stand_still() -> None:
        time.sleep(after)
        worker.suspend()
        time.sleep(STALL)
        worker.resume()

    with ThreadPoolExecutor(1) as thread:
        thread.submit(stand_still)
        yield
