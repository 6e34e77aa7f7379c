"""The figures of a report: medians with their spread, never a single reading."""

import os
import platform
import statistics
from abc import ABC, abstractmethod
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Self


@dataclass(frozen=True)
class Effort:
    """How much is measured."""

    rounds: int = 5
    seconds: float = 2.0
    """Of load in each round, for each of those that are compared."""
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
    def of_ratios(cls, ours: Sequence[float], others: Sequence[float]) -> Self:
        """Sum up what each reading of ours is to the other's of the same round."""
        return cls.of([mine / its for mine, its in zip(ours, others, strict=True)])


@dataclass(frozen=True)
class Latency:
    """Percentiles of the time to an answer, in seconds."""

    p50: float
    p99: float
    """What one answer of a hundred exceeds."""

    @classmethod
    def of(cls, readings: Sequence[float]) -> Self:
        """Sum up these latencies, of which there is at least one."""
        return cls(statistics.median(readings), sorted(readings)[int(0.99 * len(readings))])

    @classmethod
    def of_rounds(cls, rounds: Sequence[Self]) -> Self:
        """Return the median of each percentile over the rounds."""
        return cls(
            p50=statistics.median(one.p50 for one in rounds),
            p99=statistics.median(one.p99 for one in rounds),
        )


@dataclass(frozen=True)
class Origin:
    """Where figures come from, and how to get them again."""

    command: str
    rounds: int
    cores: int = field(default_factory=lambda: os.cpu_count() or 1)
    python: str = field(default_factory=platform.python_version)


@dataclass(frozen=True)
class Table:
    """Some of the figures as a person reads them; the first column says what a row is about."""

    title: str
    columns: tuple[str, ...]
    rows: Sequence[tuple[str, ...]]
    notes: tuple[str, ...] = ()
    """What helps to judge the figures, a sentence each."""
    legend: str = ""
    """What the marks in it mean, if it has any."""


@dataclass(frozen=True)
class Figures(ABC):
    """All that one run of a benchmark found."""

    @abstractmethod
    def tables(self) -> list[Table]:
        """Return the figures as tables."""
