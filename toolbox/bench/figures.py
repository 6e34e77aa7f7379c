"""The figures of a report: medians with their spread, never a single reading."""

import statistics
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Self


@dataclass(frozen=True)
class Effort:
    """How much is measured."""

    rounds: int = 5
    seconds: float = 2.0
    """Of load in each round, for each application."""
    connections: int = 32


@dataclass(frozen=True)
class Spread:
    """A figure measured several times."""

    median: float
    lowest: float
    highest: float

    @classmethod
    def of(cls, readings: Sequence[float]) -> Self:
        """Sum up these readings, of which there is at least one."""
        return cls(statistics.median(readings), min(readings), max(readings))

    @classmethod
    def of_ratios(cls, ours: Sequence[float], bare: Sequence[float]) -> Self:
        """Sum up what each reading of ours is to the bare application's of the same round."""
        return cls.of([mine / its for mine, its in zip(ours, bare, strict=True)])


@dataclass(frozen=True)
class StartUp:
    """Seconds until the first 200 of /health/ready, with so many workers."""

    workers: int
    service: Spread
    bare: Spread
    ratio: Spread
    """The service's time to the bare application's: 2 is twice as long."""


@dataclass(frozen=True)
class Latency:
    """Percentiles of the time to an answer, in seconds; each is the median of the rounds'."""

    p50: float
    p99: float


@dataclass(frozen=True)
class Throughput:
    """Requests of one kind, answered by one worker."""

    request: str
    service: Spread
    """Answers a second."""
    bare: Spread
    ratio: Spread
    """The service's rate to the bare application's: 0.5 is half as many."""
    service_latency: Latency
    bare_latency: Latency
    limited_by_generator: bool


@dataclass(frozen=True)
class Generator:
    """What the load generator can do, and what it had to."""

    most: float
    """Answers a second that it gets from an application that does nothing."""
    cpu: float
    """The most of a core that it used in a round."""


@dataclass(frozen=True)
class Report:
    """All that was measured in a run."""

    effort: Effort
    cores: int
    startup: list[StartUp]
    throughput: list[Throughput]
    generator: Generator | None
