"""How fast the app answered: percentiles, throughput, and answers that are not a 2xx."""

import math
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from integration_cli.operation import Operation


def percentile(ordered: Sequence[float], share: float) -> float:
    """The nearest-rank percentile: the least value that `share` (0 to 1] of all do not exceed.

    `ordered` is ascending and not empty.
    """
    return ordered[max(math.ceil(share * len(ordered)), 1) - 1]


@dataclass(frozen=True, slots=True)
class Latency:
    """A summary of some operations; latencies in milliseconds, `rate` in requests a second."""

    count: int
    rate: float
    p50: float
    p95: float
    p99: float
    slowest: float
    others: Counter[str]

    def __str__(self) -> str:
        return (
            f"{self.count} requests, {self.rate:.0f}/s, "
            f"p50 {self.p50:.1f} ms, p95 {self.p95:.1f} ms, p99 {self.p99:.1f} ms, "
            f"slowest {self.slowest:.1f} ms"
        )


def summarize(operations: Sequence[Operation]) -> Latency | None:
    """Summarize what was answered or failed; None for nothing.

    The rate is that of a closed loop: each client waits for its answer before it asks again, so
    a stall delays later requests instead of counting against them.
    """
    if not operations:
        return None
    times = sorted(one.milliseconds for one in operations)
    span = max(o.returned for o in operations) - min(o.invoked for o in operations)
    return Latency(
        count=len(times),
        rate=len(times) / max(span / 1e9, 1e-9),
        p50=percentile(times, 0.50),
        p95=percentile(times, 0.95),
        p99=percentile(times, 0.99),
        slowest=times[-1],
        others=Counter(one.outcome for one in operations if not one.acknowledged),
    )
