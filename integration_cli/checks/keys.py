"""Idempotency keys: one key, one effect, one answer, for one body."""

import json
from collections import defaultdict

from integration_cli.checks.races import ABSTAINED
from integration_cli.checks.traces import Traces
from integration_cli.checks.verdict import Seen
from integration_cli.operation import Operation


def idempotency_key_acts_once(traces: Traces) -> Seen:
    """A request that is repeated with its key has one effect and one answer."""
    seen = Seen()
    taken = says_taken(traces)
    for scenario in ("one-key", "broken-off"):
        for race in traces.races(scenario).values():
            seen.observations += any(one.acknowledged for one in race)
            _judge_key(traces, seen, race)
            _judge_rivals(seen, race, taken)
    for race in traces.races("key-of-two").values():
        seen.observations += 1
        for one in race:
            if one.refused and one.status is not None and one.status not in ABSTAINED:
                seen.find("a key of one user was refused because another has it", *race)
    return seen


def says_taken(traces: Traces) -> set[str]:
    """How the app says that a name is taken: not what a repetition at the same time may be told."""
    return {
        words(one)
        for race in traces.races("unique-creation").values()
        for one in race
        if one.status == traces.profile.taken
    } - {""}


def words(one: Operation) -> str:
    """All that a refusal says, so that two that merely have a title in common are told apart."""
    said = {name: one.answer.get(name) for name in ("type", "title", "code", "error", "detail")}
    given = {name: value for name, value in said.items() if isinstance(value, str)}
    return json.dumps(given, sort_keys=True) if given else ""


def _judge_rivals(seen: Seen, race: list[Operation], taken: set[str]) -> None:
    """A repetition that lost the name to its own first try was taken for another request."""
    done = next((one for one in race if one.acknowledged), None)
    for one in race if done else ():
        if one.refused and words(one) in taken and done:
            seen.find("a repetition was told that what it creates itself is taken", done, one)
            return


def _judge_key(traces: Traces, seen: Seen, race: list[Operation]) -> None:
    done = [one for one in race if one.acknowledged]
    made: dict[str, Operation] = {}
    for one in done:
        for item in traces.items_of(one):
            made.setdefault(item.id, one)
    said = [one for one in race if one.refused and one.status not in {None, *ABSTAINED}]
    late = [one for one in said if any(first.before(one) for first in done)]
    failed = [one for one in race if one.failed]
    if len(made) > 1:
        seen.find(f"one key made {len(made)} items", *list(made.values())[:2])
    elif late:
        sentence = f"a repetition was refused with {late[0].outcome}"
        seen.find(f"{sentence}, after the first was acknowledged", done[0], late[0])
    elif failed:
        seen.find(f"a repetition was answered with {failed[0].outcome}", *done[:1], failed[0])
    elif said and not done and said[-1] is race[-1]:
        broken = [one for one in race if one.indeterminate]
        sentence = f"no repetition is told what became of it, but {said[-1].outcome}"
        seen.find(sentence, *broken[:1], said[-1])


def idempotency_key_is_bound_to_its_body(traces: Traces) -> Seen:
    """A key that comes again with another body is refused."""
    seen = Seen()
    for race in traces.races("another-body").values():
        bodies: dict[str, list[Operation]] = defaultdict(list)
        for one in race:
            if one.acknowledged:
                bodies[json.dumps(one.body, sort_keys=True)].append(one)
        seen.observations += bool(bodies)
        if len(bodies) > 1:
            first, second, *_ = (found[0] for found in bodies.values())
            seen.find("one key was accepted with two bodies", first, second)
    return seen
