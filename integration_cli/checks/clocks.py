"""Clocks: those of the app's machines and of its database say the same, and none goes back."""

from bisect import bisect_left
from collections import defaultdict
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from functools import lru_cache
from itertools import accumulate, pairwise

from integration_cli.checks.traces import CREATES, Traces
from integration_cli.checks.verdict import Seen
from integration_cli.operation import Kind, Operation

SKEW = 10.0  # seconds: the Date header has whole ones, and is cached, for longer under load
DRIFT = 0.1  # seconds: what the clocks of machines that are kept in time may differ
SEVERAL = 3
TIMED = CREATES | {Kind.SIGN_IN}  # what is answered with a time of its own


def clocks_agree(traces: Traces) -> Seen:
    """The time of creation, of a token and of the answer are of one clock, and the first stays."""
    seen = Seen()
    skewed: list[tuple[float, Operation, str]] = []
    for one in [one for one in traces.operations if one.kind in TIMED]:
        for what, moment in _moments(traces, one):
            told = _date(one)
            if told is None:
                continue
            seen.observations += 1
            late = told - moment
            # The answer comes after what it tells of, and no later than it was under way.
            slack = SKEW + one.milliseconds / 1000
            if late < -SKEW or late > slack:
                skewed.append((late, one, what))
    if len(skewed) >= max(SEVERAL, seen.observations // 4):
        for late, one, what in skewed:
            side = "before" if late > 0 else "after"
            seen.find(f"{what} is {abs(late):.0f} s {side} the answer's Date", one)
    _moved(traces, seen)
    _made_before(traces, seen)
    _changed_before(traces, seen)
    return seen


def _moved(traces: Traces, seen: Seen) -> None:
    """A time of creation that is not the same in all answers."""
    first: dict[str, tuple[str, Operation]] = {}
    told = set[str]()
    for one in traces.operations:
        for item in traces.items_of(one) if one.acknowledged else ():
            if item.created is None or item.id in told:
                continue
            if item.id not in first:
                first[item.id] = (item.created, one)
            created, by = first[item.id]
            if created != item.created and _seconds(created) != _seconds(item.created):
                told.add(item.id)
                seen.find(f"item {item.id} was made at {created}, and then {item.created}", by, one)


def _made_before(traces: Traces, seen: Seen) -> None:
    """What was made after something else, by a time that is well before that one's."""
    made = [
        (moment, one)
        for kind in CREATES
        for one in traces.by_kind[kind]
        if one.acknowledged and "Idempotency-Key" not in one.sent
        for item in traces.items_of(one)[:1]
        if (moment := _seconds(item.created)) is not None
    ]
    made.sort(key=lambda pair: pair[1].invoked)
    ended = sorted(made, key=lambda pair: pair[1].returned)
    newest = [*accumulate(ended, _later)]
    returned = [one.returned for _, one in ended]
    seen.observations += max(len(made) - 1, 0)
    for moment, one in made:
        position = bisect_left(returned, one.invoked)
        before, by = newest[position - 1] if position else (moment, one)
        if before - moment > DRIFT:
            sentence = f"an item was made {before - moment:.1f} s before one that was there already"
            seen.find(sentence, by, one)
            return


Made = tuple[float, Operation]


def _later(one: Made, other: Made) -> Made:
    """Of two that were made, the one of the later time."""
    return one if one[0] >= other[0] else other


def _changed_before(traces: Traces, seen: Seen) -> None:
    """A version of an item that was changed before the version it follows."""
    for item_id, known in _versions(traces).items():
        ordered = sorted(known.items())
        seen.observations += len(ordered) > 1
        for (_, (before, by)), (version, (after, one)) in pairwise(ordered):
            earlier, later = _seconds(before), _seconds(after)
            if earlier is not None and later is not None and later < earlier:
                sentence = f"version {version} of item {item_id} is of {after}, before the last"
                seen.find(f"{sentence} one, {before}", by, one)
                break


def _versions(traces: Traces) -> dict[str, dict[int, tuple[str, Operation]]]:
    """When each version of each item was made, and the first answer that says so."""
    versions: dict[str, dict[int, tuple[str, Operation]]] = defaultdict(dict)
    for one in traces.operations:
        for item in traces.items_of(one) if one.acknowledged else ():
            if item.version is not None and item.updated is not None:
                known = versions[item.id]
                if item.version not in known:
                    known[item.version] = (item.updated, one)
    return versions


def _moments(traces: Traces, one: Operation) -> list[tuple[str, float]]:
    if one.kind in CREATES and one.acknowledged and "Idempotency-Key" not in one.sent:
        times = [_seconds(item.created) for item in traces.items_of(one)[:1]]
        return [("the time of creation", moment) for moment in times if moment is not None]
    if one.kind is Kind.SIGN_IN and isinstance(one.answer.get("iat"), int | float):
        return [("the token's time", float(one.answer["iat"]))]
    return []


@lru_cache(maxsize=1024)
def _seconds(text: str | None) -> float | None:
    try:
        moment = datetime.fromisoformat(str(text))
    except ValueError:
        return None
    return moment.replace(tzinfo=moment.tzinfo or UTC).timestamp()


def _date(one: Operation) -> float | None:
    return _parsed(one.headers.get("date", ""))


@lru_cache
def _parsed(date: str) -> float | None:
    """A Date header in seconds; many answers have the same, for it has whole ones."""
    try:
        return parsedate_to_datetime(date).timestamp()
    except ValueError:
        return None
