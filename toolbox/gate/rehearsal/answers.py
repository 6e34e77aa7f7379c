"""What users of an app met, path by path: how long they waited, and what they were answered."""

import math
from bisect import bisect_right
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from itertools import accumulate, pairwise

from toolbox.gate.rehearsal.traffic import p99


@dataclass(frozen=True, slots=True)
class Request:
    """A request that was sent on a schedule; instants in seconds of the monotonic clock.

    Args:
        path: its method and path, as `GET /items/{id}`.
        due: when it was to be sent: what it waited for a connection counts too.
        answered: when it was, or when it was given up.
        outcome: the status, or what stood in its place.
    """

    path: str
    due: float
    answered: float
    outcome: str

    @property
    def is_good(self) -> bool:
        """Whether the app did it."""
        return self.outcome.startswith("2")


@dataclass(frozen=True, slots=True)
class Span:
    """When the new revisions ran; requests that nothing ran beside are all before it."""

    began: float = math.inf
    ended: float = math.inf


@dataclass(frozen=True, slots=True)
class Met:
    """What the requests to one path met; times in seconds, 0 where there were no requests.

    Args:
        path: its method and path.
        requests: how many there were.
        before: the 99th percentile of the latency of those answered before the revisions began.
        during: of those that were under way while they ran.
        after: of those that were due once they had ended.
        blocked: the longest that requests were due and none was answered with 2xx, from their
            begin on, or in all if there were none.
        errors: the other answers since then, and how often each.
    """

    path: str
    requests: int
    before: float
    during: float
    after: float
    blocked: float
    errors: Counter[str] = field(default_factory=Counter)


def met(requests: Iterable[Request], span: Span) -> list[Met]:
    """Return what the requests to each path met."""
    of_path: dict[str, list[Request]] = {}
    for one in requests:
        of_path.setdefault(one.path, []).append(one)
    return [_met(path, ones, span) for path, ones in sorted(of_path.items())]


def _met(path: str, requests: Sequence[Request], span: Span) -> Met:
    before = [one for one in requests if one.answered < span.began]
    after = [one for one in requests if one.due >= span.ended]
    during = [one for one in requests if one.answered >= span.began and one.due < span.ended]
    judged = requests if math.isinf(span.began) else [*during, *after]
    return Met(
        path,
        len(requests),
        before=_latency(before),
        during=_latency(during),
        after=_latency(after),
        blocked=blocked(judged),
        errors=Counter(one.outcome for one in judged if not one.is_good),
    )


def blocked(requests: Sequence[Request]) -> float:
    """Return the longest span in which requests were due and none was answered with 2xx.

    Where nobody asks, nobody is blocked: a span begins when a request is due, or was already when
    the last good answer came.
    """
    ordered = sorted(requests, key=lambda one: one.answered)
    answered = [one.answered for one in ordered]
    # By number: the earliest that one of those that were answered from this one on was due.
    earliest = [*accumulate((one.due for one in reversed(ordered)), min)][::-1]
    longest = 0.0
    good = [one.answered for one in ordered if one.is_good]
    for begin, end in pairwise([-math.inf, *good, *answered[-1:]]):
        first = bisect_right(answered, begin)
        if first < len(earliest):
            longest = max(longest, end - max(begin, earliest[first]))
    return longest


def _latency(requests: Iterable[Request]) -> float:
    return p99([one.answered - one.due for one in requests])
