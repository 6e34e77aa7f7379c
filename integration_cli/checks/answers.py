"""Answers: who wins a race, and which statuses an app may never show."""

from collections import Counter, defaultdict

from integration_cli.checks.traces import AUDIT, Traces, distinct
from integration_cli.checks.verdict import Verdict, Violation, verdict
from integration_cli.operation import Kind, Operation, Trouble

RACES = "races"  # the phase of simultaneous creations
CONTROL = "control"  # how the phases of updates in one order begin


def no_server_error(traces: Traces) -> Verdict:
    """The app never fails: any 5xx but 503, which says that it is overloaded, is a fault."""
    answered = [one for one in traces.operations if one.status is not None]
    violations = [
        Violation(f"{one.method} {one.path} was answered with {one.outcome}", (one,))
        for one in answered
        if one.status is not None and one.status >= 500 and one.status != 503
    ]
    return verdict("no-server-error", len(answered), violations)


def unique_race(traces: Traces) -> Verdict:
    """Of simultaneous creations of one name, one is answered with 201 and the others with 409."""
    races: dict[tuple[str, str], list[Operation]] = defaultdict(list)
    for one in traces.operations:
        if one.phase == RACES and one.kind is Kind.CREATE_ITEM and one.body:
            races[one.user, str(one.body.get("name"))].append(one)
    violations = [
        Violation(f"{len(race)} at once to create {name!r}: {fault}", tuple(race))
        for (_, name), race in races.items()
        if (fault := _race_fault(race))
    ]
    decided = sum(any(one.acknowledged for one in race) for race in races.values())
    return verdict("unique-race", decided, violations)


def _race_fault(race: list[Operation]) -> str:
    won = sum(one.status == 201 for one in race)
    wrong = [one.outcome for one in race if one.status not in {None, 201, 408, 409, 503}]
    if wrong:
        return f"one was answered with {wrong[0]} where 409 is right"
    if won > 1:
        return f"{won} were answered with 201"
    if won == 0 and all(one.status == 409 for one in race):
        return "all were refused, and nobody has the name"
    return ""


def unique_names(traces: Traces) -> Verdict:
    """When all is quiet, no two items of a user have one name."""
    names, violations = 0, list[Violation]()
    for user, operations in traces.by_user.items():
        pages = [o for o in operations if o.kind is Kind.LIST_ITEMS and o.phase == AUDIT]
        holders: dict[str, dict[str, Operation]] = defaultdict(dict)
        for page in pages:
            for item in page.items:
                holders[item.name].setdefault(item.id, page)
        names += len(holders)
        violations += [
            Violation(
                f"{len(ids)} items of {user} have the name {name!r}",
                (*_creations(operations, name), *distinct(ids.values())),
            )
            for name, ids in holders.items()
            if len(ids) > 1
        ]
    return verdict("unique-names", names, violations)


def deadlocks_are_retried(traces: Traces) -> Verdict:
    """Writes that lock the same rows in opposite order are all done, and no failure is shown.

    A 503 may mean overload, which is no fault. The control rounds tell: they ask for as much at
    once, but in one order. If none of them is answered with 503, the deadlocks were.
    """
    tries = [one for one in traces.operations if one.kind is Kind.UPDATE_ITEMS]
    control = [one for one in tries if one.phase.startswith(CONTROL)]
    opposed = [one for one in tries if not one.phase.startswith(CONTROL)]
    overloaded = not control or any(one.status == 503 for one in control)
    violations = [
        Violation(f"of updates in opposite orders, one ended in {one.outcome}", (one,))
        for one in opposed
        if _is_shown(one, overloaded=overloaded)
    ]
    other = Counter(one.outcome for one in opposed if not one.acknowledged)
    answers = ", ".join(f"{what} x {count}" for what, count in other.items())
    doubt = f"not all were done: {answers}; try fewer pairs or rows" if answers else ""
    return verdict("deadlocks-are-retried", len(opposed), violations, doubt)


def _is_shown(one: Operation, *, overloaded: bool) -> bool:
    """Whether a failed transaction was let through to the client."""
    if one.status == 503:
        return not overloaded
    return one.trouble == Trouble.RESET or (one.status or 0) >= 500


def _creations(operations: list[Operation], name: str) -> list[Operation]:
    return [
        one
        for one in operations
        if one.kind is Kind.CREATE_ITEM
        and one.acknowledged
        and (one.body or {}).get("name") == name
    ]
