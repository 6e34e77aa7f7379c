"""One load at one rate: what was asked for, what came of it, and whether it held."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from integration_cli.latency import Distribution, response_time
from integration_cli.load.generator import Pace
from integration_cli.operation import Operation

SHOWN = {"p50": 0.5, "p90": 0.9, "p99": 0.99, "p99.9": 0.999, "p99.99": 0.9999, "max": 1.0}


@dataclass(frozen=True, slots=True)
class Step:
    """A load of `rate` requests a second for some time.

    `response` counts from when each request was due, and has those that were never sent, with
    how long they waited in vain; `service` counts from when it was sent. Both in milliseconds.
    """

    rate: float
    seconds: float
    pace: Pace
    response: Distribution
    service: Distribution
    failures: Counter[str]

    @classmethod
    def of(cls, rate: float, seconds: float, pace: Pace, operations: Sequence[Operation]) -> "Step":
        """Sum up what a load made of its operations."""
        failures = Counter(one.outcome for one in operations if not one.acknowledged)
        if pace.unsent:
            failures["never sent"] = len(pace.unsent)
        waited = [nanoseconds / 1e6 for nanoseconds in pace.unsent]
        return cls(
            rate,
            seconds,
            pace,
            Distribution.of([*map(response_time, operations), *waited]),
            Distribution.of(one.milliseconds for one in operations),
            failures,
        )

    @property
    def asked(self) -> int:
        """How many requests were due."""
        return len(self.response.ordered)

    @property
    def errors(self) -> int:
        """How many of them were not answered with a 2xx."""
        return self.failures.total()

    @property
    def error_share(self) -> float:
        """The share that was not."""
        return self.errors / max(self.asked, 1)

    @property
    def answered(self) -> float:
        """Good answers a second, until the last."""
        return (self.asked - self.errors) / max(self.pace.seconds, self.seconds)

    def to_json(self) -> dict[str, Any]:
        """A JSON object; latencies in milliseconds."""
        return {
            "rate": self.rate,
            "seconds": self.seconds,
            "asked": self.asked,
            "answered_per_second": self.answered,
            "failures": dict(self.failures),
            "response_ms": {name: self.response.at(share) for name, share in SHOWN.items()},
            "service_ms": {name: self.service.at(share) for name, share in SHOWN.items()},
            "generator_lag_p99_ms": self.pace.lag * 1e3,
            "generator_cpu": self.pace.load,
            "generator_cpu_us_per_request": self.pace.cpu / max(self.asked, 1) * 1e6,
            "doubt": self.pace.doubt,
        }
