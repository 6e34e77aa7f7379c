"""Answers that an app may never give: a fault of its own, or a deadlock that it did not retry."""

from collections import Counter
from collections.abc import Iterable

from integration_cli.checks.traces import Traces
from integration_cli.checks.verdict import Seen
from integration_cli.operation import Kind, Operation, Trouble

# What a body is answered with that the app cannot make sense of.
SENSELESS = {400, 411, 413, 415, 422}
SEVERAL = 3  # windows: an outage of the database or the end of a worker falls into one or two


def no_server_error(traces: Traces) -> Seen:
    """The app never fails: any 5xx but 503, which says that it is overloaded, is a fault."""
    seen = Seen()
    for one in traces.operations:
        seen.observations += one.status is not None
        if one.failed:
            seen.find(f"{one.method} {one.path} was answered with {one.outcome}", one)
    return seen


def deadlocks_are_retried(traces: Traces) -> Seen:
    """Writes that lock the same rows in opposite order are all done, and no failure is shown.

    A 503 may mean overload, which is no fault. The aligned windows tell: they ask for as much at
    once, but in one order. If none of them is answered with 503, the deadlocks were. A reset may
    be a worker that ended; so both count only where they come again and again.
    """
    seen = Seen()
    windows = [
        race
        for scenario in ("opposed", "torn", "opposed-creation")
        for race in traces.races(scenario).values()
    ]
    aligned = [one for race in traces.races("aligned").values() for one in race]
    opposed = [one for race in windows for one in race if _is_bulk(one)]
    seen.observations = len(opposed)
    for one in opposed:
        if one.failed:
            seen.find(f"of bulk writes in opposite orders, one ended in {one.outcome}", one)
        elif one.status in SENSELESS:
            seen.find(f"of bulk writes in opposite orders, one was refused with {one.outcome}", one)
    calm = bool(aligned) and not any(_is_given_up(one) for one in aligned)
    torn = [race for race in windows if _shows_deadlock(race)]
    if calm and len(torn) >= SEVERAL:
        for race in torn:
            victim = next(one for one in race if _is_bulk(one) and _is_given_up(one))
            winner = next(one for one in race if one.acknowledged and _is_bulk(one))
            sentence = f"of bulk writes in opposite orders, one ended in {victim.outcome}"
            seen.find(sentence, winner, victim)
    seen.doubt = _doubt(opposed)
    return seen


def _is_bulk(one: Operation) -> bool:
    return one.kind in {Kind.UPDATE_ITEMS, Kind.CREATE_ITEMS}


def _is_given_up(one: Operation) -> bool:
    return one.status == 503 or one.trouble == Trouble.RESET


def _shows_deadlock(race: list[Operation]) -> bool:
    """Whether some of a window was done and some given up: so there was no outage."""
    bulk = [one for one in race if _is_bulk(one)]
    given_up = [one for one in bulk if _is_given_up(one)]
    done = [one for one in bulk if one.acknowledged]
    return any(g.invoked < d.returned and d.invoked < g.returned for g in given_up for d in done)


def _doubt(opposed: Iterable[Operation]) -> str:
    other = Counter(one.outcome for one in opposed if one.indeterminate)
    answers = ", ".join(f"{what} x {count}" for what, count in other.items())
    return f"not all were answered: {answers}" if answers else ""
