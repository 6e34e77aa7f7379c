"""Whether the percentiles of the checker's load are right: beside wrk2's, and through a stall.

Both are asked of the service itself, one worker, at half of the rate at which it is full. wrk2
(https://github.com/giltene/wrk2) is in no package registry: it takes part where it is found.

The stall is real: the worker is stopped for a second, and goes on. On a schedule a known share of
the requests waits, each for a known time, so there is a figure to be held against. A closed loop
meets one slow request on each connection, and counts those alone.
"""

import shutil
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import TypeVar

import click
import psutil

from toolbox.bench.figures import Effort, Figures, Spread, Table
from toolbox.bench.report import with_spread
from toolbox.bench.requests import READ, load
from toolbox.bench.scheduled import Checker, ClosedLoop, Generator, Sent, Wrk2
from toolbox.bench.sending import send, warm_up
from toolbox.bench.servers import SERVICE, production, running
from toolbox.bench.turns import in_turns
from toolbox.bench.world import fill
from toolbox.processes import workers_of

FASTEST = 2000  # requests a second: the most that the checker sends
STALL = 1.0  # seconds
STALLED_RATE = 200  # requests a second, few enough that the worker catches up at once

T = TypeVar("T")


@dataclass(frozen=True)
class Through:
    """What one generator said through a stall, and the 99th percentile that this makes."""

    sent: Sent
    due: float


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
        everything = load(READ, service, [owner], effort)
        warm_up(everything)
        rate = min(send(everything, "as fast as it can").rate / 2, FASTEST)
        aim = (f"{service.url}{READ.path_for(owner)}", owner.user.headers, effort.connections)
        steady = _in_rounds(effort, [Checker(*aim, rate), *_installed(Wrk2(*aim, rate))], _send)
        scheduled = [Checker(*aim, STALLED_RATE), *_installed(Wrk2(*aim, STALLED_RATE))]
        (worker,) = workers_of(service.pid)
        stalled = _in_rounds(
            effort,
            [*scheduled, ClosedLoop(everything)],
            lambda generator, seconds: _send_through_stall(generator, seconds, worker),
        )
    return sum_up(rate, steady, stalled)


def p99_of_stall(length: float, seconds: float) -> float:
    """Return the 99th percentile of so many seconds of a schedule with a stall of this length.

    What is due while nothing is answered waits for the rest of the stall: waits are uniform between
    nothing and its length for a share of length / seconds, and nothing else takes time.
    """
    return max(0.0, length - 0.01 * seconds)


def sum_up(
    rate: float,
    steady: Mapping[str, Sequence[Sent]],
    stalled: Mapping[str, Sequence[Through]],
) -> OpenLoops:
    """Compare what the generators said: of a steady load with wrk2, of a stall with what was due.

    Args:
        rate: of the steady load, requests a second.
        steady: what each generator said in each round; of the checker's there is always.
        stalled: the same, through a stall.
    """
    ours, truth = steady[Checker.name], steady.get(Wrk2.name)
    doubted = [*ours, *(one.sent for one in stalled[Checker.name])]
    return OpenLoops(
        rate=rate,
        steady=[_steady(name, came, truth) for name, came in steady.items()],
        stalled=[
            Stalled(
                name,
                Spread.of([one.sent.latency.p99 for one in came]),
                Spread.of([one.sent.latency.p99 / one.due for one in came]),
            )
            for name, came in stalled.items()
        ],
        cpu=Spread.of([one.cpu for one in ours if one.cpu is not None]),
        doubts=[one.doubt for one in doubted if one.doubt],
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


def _installed(generator: Wrk2) -> Iterator[Wrk2]:
    if shutil.which(generator.name):
        yield generator
    else:
        click.echo(f"{generator.name} is not installed, and does not take part.", err=True)


def _in_rounds(
    effort: Effort, generators: Sequence[Generator], send: Callable[[Generator, float], T]
) -> dict[str, list[T]]:
    came: dict[str, list[T]] = {one.name: [] for one in generators}
    for one in in_turns(generators, effort.rounds):
        click.echo(f"{one.name} ...", err=True)
        came[one.name].append(send(one, effort.seconds))
    return came


def _send(generator: Generator, seconds: float) -> Sent:
    return generator.send(seconds)


def _send_through_stall(generator: Generator, seconds: float, worker: psutil.Process) -> Through:
    """Send, and in the middle of what is counted let the worker stand still."""

    def stand_still() -> float:
        time.sleep(generator.lead + (seconds - STALL) / 2)
        worker.suspend()
        began = time.monotonic()
        time.sleep(STALL)
        worker.resume()
        return time.monotonic() - began

    with ThreadPoolExecutor(1) as thread:
        length = thread.submit(stand_still)
        sent = generator.send(seconds)
        return Through(sent, p99_of_stall(length.result(), seconds))
