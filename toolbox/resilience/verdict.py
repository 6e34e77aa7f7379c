"""What became of the requests that an event met, and which of it should not have."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from toolbox.resilience.events import CLEAN, STOP, Event, Moment
from toolbox.resilience.readings import Cut, Outcome, Reading


@dataclass(frozen=True)
class Result:
    """How an event went."""

    event: str
    title: str
    seconds: float
    sent: int
    """Requests that it met: that ended while it lasted."""
    outcomes: dict[str, int]
    """How many of them ended how."""
    cut: int
    """Kept connections that the server closed without notice."""
    slowest: float
    """Seconds from when a request was due to its end."""
    recovery: float | None
    """Seconds from the event to the first second with nothing but good answers; None is never."""
    first_good: float | None
    """Seconds from the event to the end of the first request that was answered well."""
    faults: list[str]


def judge(event: Event, moment: Moment, readings: Sequence[Reading], cuts: Sequence[Cut]) -> Result:
    """Sum up an event, and say what should not have happened.

    Args:
        event: what happened.
        moment: when, and what it saw itself.
        readings: the requests that it met.
        cuts: the connections that were closed meanwhile.
    """
    faults = list(moment.faults)
    wrong = [
        one
        for one in readings
        if one.outcome is not Outcome.GOOD and not event.tolerates(moment, one)
    ]
    by_outcome = {outcome: [one for one in wrong if one.outcome is outcome] for outcome in Outcome}
    faults += [_sentence(outcome, some, moment) for outcome, some in by_outcome.items() if some]
    slowest = max((one.ended - one.due for one in readings), default=0.0)
    if slowest > event.limit:
        faults.append(f"a request took {slowest:.1f} seconds, more than {event.limit:g}")
    if cuts and event.spares_connections:
        faults.append(f"kept connections closed without notice: {len(cuts)}")
    good = [one.ended - moment.began for one in readings if one.outcome is Outcome.GOOD]
    if not good:
        faults.append("no request was answered well")
    return Result(
        event=event.name,
        title=event.title,
        seconds=moment.ended - moment.began,
        sent=len(readings),
        outcomes={**dict.fromkeys(Outcome, 0), **Counter(one.outcome for one in readings)},
        cut=len(cuts),
        slowest=slowest,
        recovery=None if event is STOP else _recovery(moment, readings),
        first_good=min(good, default=None),
        faults=faults,
    )


def _sentence(outcome: Outcome, some: Sequence[Reading], moment: Moment) -> str:
    first = some[0]
    worker = f" to worker {first.worker}" if first.worker else ""
    return (
        f"{outcome}: {len(some)}, the first a {first.what}{worker}, sent "
        f"{(first.sent - moment.began) * 1000:+.0f} ms from the event: {first.said}"
    )


def _recovery(moment: Moment, readings: Sequence[Reading]) -> float | None:
    """Return how long it took until a second began in which every request was answered well."""
    bad = [one.due for one in readings if one.outcome is not Outcome.GOOD]
    if not bad:
        return 0.0
    last = moment.began
    for due in [*sorted(bad), moment.ended]:
        if due - last > CLEAN:
            break
        last = max(last, due)
    return None if moment.ended - last < CLEAN else max(0.0, last - moment.began)
