"""Quotas, and the count that a user is told: of what was acknowledged, all, and of no more."""

from bisect import bisect_left
from collections.abc import Iterator

from integration_cli.checks.traces import AUDIT, CREATES, Traces
from integration_cli.checks.verdict import Finding, Seen
from integration_cli.operation import Json, Kind, Operation


def limits_hold(traces: Traces) -> Seen:
    """A quota is not exceeded, however many want its last places at once."""
    seen = Seen()
    quota = traces.profile.quota
    if quota is None:
        return seen
    for race in traces.races("last-places").values():
        told = [one for one in race if one.kind is Kind.READ_ME and one.acknowledged]
        writes = [one for one in race if one.kind is not Kind.READ_ME]
        if not told or not writes:
            continue
        seen.observations += 1
        room = _number(told[0].answer, quota.limit) - _number(told[0].answer, quota.count)
        done = [one for one in writes if one.acknowledged]
        places = sum(len(traces.bodies(one)) for one in done)
        after = told[-1].answer
        if places > room:
            seen.find(f"there was room for {room}, and {places} were made", told[0], *done[:4])
        elif _number(after, quota.count) > _number(after, quota.limit):
            seen.find("the quota is exceeded", *done[:2], told[-1])
    _counted(traces, seen, quota.count)
    for user, operations in traces.by_user.items():
        told = [one for one in operations if one.kind is Kind.READ_ME and one.acknowledged]
        seen.observations += len(told)
        if told:
            census = Census(traces, operations)
            seen.findings += list(_miscounted(census, told, user, quota.count))[:1]
    return seen


class Census:
    """Since when each item of a user was there, or may have been, and since when it was not."""

    def __init__(self, traces: Traces, operations: list[Operation]) -> None:
        creations = [one for one in operations if one.kind in CREATES and not one.refused]
        self._made: dict[str, Operation] = {}
        begun: dict[str, int] = {}
        unnamed: list[int] = []
        for one in creations:
            items = traces.items_of(one) if one.acknowledged else []
            for item in items:
                begun.setdefault(item.id, one.invoked)
                known = self._made.setdefault(item.id, one)
                self._made[item.id] = min(known, one, key=lambda each: each.returned)
            if not items:
                unnamed += [one.invoked] * len(traces.bodies(one))
        self._begun = sorted([*unnamed, *begun.values()])
        self._there = sorted(one.returned for one in self._made.values())
        deletes = [one for one in operations if one.kind is Kind.DELETE_ITEM and not one.refused]
        self._leaving = sorted(one.invoked for one in deletes)
        gone = {one.target: one.returned for one in reversed(deletes) if one.acknowledged}
        self._gone = sorted(gone.values())

    def least(self, read: Operation) -> int:
        """How many a read must count: those acknowledged before it, without what may be gone."""
        return bisect_left(self._there, read.invoked) - bisect_left(self._leaving, read.returned)

    def most(self, read: Operation) -> int:
        """How many it may count: all that was begun before its end, without what is gone."""
        return bisect_left(self._begun, read.returned) - bisect_left(self._gone, read.invoked)

    def newest(self, read: Operation) -> list[Operation]:
        """The last creation that the read must count."""
        before = [one for one in self._made.values() if one.before(read)]
        return [max(before, key=lambda one: one.returned)] if before else []


def _miscounted(census: Census, told: list[Operation], user: str, count: str) -> Iterator[Finding]:
    """Counts that were told while others create and delete, and cannot be of any moment then."""
    for one in told:
        least, most, number = census.least(one), census.most(one), one.answer.get(count)
        if isinstance(number, int) and not least <= number <= most:
            many = f"{least}" if least == most else f"{least} to {most}"
            sentence = f"{user} has {many} items, and the app counts {number}"
            yield Finding(sentence, (*census.newest(one), one))


def _counted(traces: Traces, seen: Seen, count: str) -> None:
    """In the audit the count that a user is told is the number of items that it has."""
    for operations in traces.by_user.values():
        audit = [one for one in operations if one.phase == AUDIT]
        told = [one for one in audit if one.kind is Kind.READ_ME and one.acknowledged]
        pages = [one for one in audit if one.kind is Kind.LIST_ITEMS]
        if not told or not pages or not all(one.acknowledged for one in pages):
            continue
        ids = {item.id for page in pages for item in traces.items_of(page)}
        number = told[-1].answer.get(count)
        if number is not None and number != len(ids):
            seen.find(f"the app counts {number} items of {len(ids)}", told[-1], *pages[:2])


def _number(answer: Json, name: str) -> int:
    value = answer.get(name)
    return value if isinstance(value, int) else 0
