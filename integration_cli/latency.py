"""How fast the app answered: percentiles, throughput, and answers that are not a 2xx."""

import math
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from integration_cli.operation import Operation


def percentile(ordered: Sequence[float], share: float) -> float:
    """The nearest-rank percentile: the least value that `share` (0 to 1] of all do not exceed.

    `ordered` is ascending and not empty.
    """
    return ordered[max(math.ceil(round(share * len(ordered), 6)), 1) - 1]


def response_time(operation: Operation) -> float:
    """Milliseconds from when the request was due, where a schedule said so, to its answer.

    A stall is thereby charged to every request that it delayed, and not to one per connection:
    see "coordinated omission", Gil Tene, "How NOT to Measure Latency" (2013).
    """
    began = operation.invoked if operation.intended is None else operation.intended
    return (operation.returned - began) / 1e6


@dataclass(frozen=True, slots=True)
class Distribution:
    """Latencies in milliseconds, ascending, every one of them: percentiles of it are exact."""

    ordered: tuple[float, ...]

    @classmethod
    def of(cls, milliseconds: Iterable[float]) -> "Distribution":
        """Sort some latencies."""
        return cls(tuple(sorted(milliseconds)))

    def at(self, share: float) -> float:
        """The percentile of a share (0 to 1]; not a number when there are no latencies."""
        return percentile(self.ordered, share) if self.ordered else math.nan


@dataclass(frozen=True, slots=True)
class Latency:
    """A summary of some operations; latencies in milliseconds, `rate` in requests a second."""

    count: int
    rate: float
    times: Distribution
    others: Counter[str]

    def __str__(self) -> str:
        at = self.times.at
        return (
            f"{self.count} requests, {self.rate:.0f}/s, "
            f"p50 {at(0.50):.1f} ms, p95 {at(0.95):.1f} ms, p99 {at(0.99):.1f} ms, "
            f"slowest {at(1):.1f} ms"
        )


def summarize(operations: Sequence[Operation]) -> Latency | None:
    """Summarize what was answered or failed; None for nothing.

    Where no schedule said when a request was due, this is a closed loop: each client waits for
    its answer before it asks again, so that a stall delays later requests instead of counting
    against them.
    """
    if not operations:
        return None
    span = max(o.returned for o in operations) - min(o.invoked for o in operations)
    return Latency(
        count=len(operations),
        rate=len(operations) / max(span / 1e9, 1e-9),
        times=Distribution.of(response_time(one) for one in operations),
        others=Counter(one.outcome for one in operations if not one.acknowledged),
    )
