"""What goes on at this moment, second by second, for the eye of who watches a run."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from math import log10

from integration_cli.latency import percentile, response_time
from integration_cli.operation import Operation

LEVELS = "▁▂▃▄▅▆▇█"
SECOND = 1_000_000_000  # ns


@dataclass(frozen=True, slots=True)
class Beat:
    """One second: how many were answered, and how fast, in milliseconds."""

    answers: int
    p50: float
    p99: float


@dataclass(slots=True)
class Pulse:
    """Follows the operations of a run as they come; each is looked at once."""

    operations: Sequence[Operation]
    beats: list[Beat] = field(default_factory=list)
    failures: Counter[str] = field(default_factory=Counter)
    workers: set[str] = field(default_factory=set)
    _seen: int = 0
    _second: int = 0
    _times: list[float] = field(default_factory=list)

    def follow(self) -> None:
        """Take in what has come since the last call."""
        for one in self.operations[self._seen :]:
            second = one.returned // SECOND
            if second > self._second:
                self._close()
                self._second = second
            self._times.append(response_time(one))
            if one.worker:
                self.workers.add(one.worker)
            if one.status is None or one.status >= 500:
                self.failures[one.outcome] += 1
            self._seen += 1

    @property
    def count(self) -> int:
        """How many operations there are."""
        return self._seen

    def _close(self) -> None:
        if self._times:
            ordered = sorted(self._times)
            beat = Beat(len(ordered), percentile(ordered, 0.5), percentile(ordered, 0.99))
            self.beats.append(beat)
        self._times = []


def sparkline(values: Sequence[float], width: int, *, log: bool = False) -> str:
    """The last values as a line of bars, from the least to the greatest of them."""
    last = [log10(max(value, 0.01)) if log else value for value in values[-width:]]
    if not last:
        return ""
    low = min(last) if log else 0.0
    span = (max(last) - low) or 1.0
    return "".join(LEVELS[round((value - low) / span * (len(LEVELS) - 1))] for value in last)
