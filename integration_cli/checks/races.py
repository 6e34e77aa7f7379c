"""Races that one can win: what the winners and the losers may be told."""

from collections import defaultdict

from integration_cli.checks.traces import AUDIT, GONE, UPDATES, Traces, distinct
from integration_cli.checks.verdict import Seen
from integration_cli.operation import Kind, Operation

ABSTAINED = {401, 403, 429}  # an expired token or a limit on requests: it took no part
CLAIMS = (
    "unique-creation",
    "unique-renaming",
    "unique-account",
    "crowded-account",
    "opposed-creation",
)
FEW = 3  # losers that suffice to show a race


def unique_race(traces: Traces) -> Seen:
    """Of simultaneous claims to one name, one is answered with 2xx and the others with 409."""
    seen = Seen()
    taken = traces.profile.taken
    for scenario in CLAIMS:
        for race in traces.races(scenario).values():
            claims = [one for one in race if one.status not in ABSTAINED]
            seen.observations += any(one.acknowledged for one in claims)
            _judge_race(seen, claims, {taken}, "to have one name")
    return seen


def one_delete_wins(traces: Traces) -> Seen:
    """Of several deletes of one item, one is answered with 2xx, and the others with 404."""
    seen = Seen()
    for race in traces.races("one-delete").values():
        deletes = [one for one in race if one.kind is Kind.DELETE_ITEM]
        deletes = [one for one in deletes if one.status not in ABSTAINED]
        seen.observations += any(one.acknowledged for one in deletes)
        _judge_race(seen, deletes, GONE, "to delete one item")
    return seen


def refresh_token_is_spent_once(traces: Traces) -> Seen:
    """A refresh token is exchanged once; who comes second, at once or later, gets nothing."""
    seen = Seen()
    for race in traces.races("refreshing").values():
        tries = [one for one in race if one.kind is Kind.REFRESH]
        seen.observations += any(one.acknowledged for one in tries)
        _judge_race(seen, tries, {400, 401, 403, 409, 429}, "to exchange one refresh token")
    return seen


def _judge_race(seen: Seen, race: list[Operation], losing: set[int], aim: str) -> None:
    won = [one for one in race if one.acknowledged]
    lost = [one for one in race if one.status in losing]
    wrong = [
        one
        for one in race
        if one.status is not None and one not in won and one not in lost and _is_wrong(one)
    ]
    count = f"{len(race)} requests {aim}"
    if wrong:
        right = " or ".join(map(str, sorted(losing)))
        shown = (*won[:1], wrong[0])
        seen.find(f"of {count}, one was answered with {wrong[0].outcome}, not {right}", *shown)
    elif len(won) > 1:
        seen.find(f"of {count}, {len(won)} were answered with {won[0].outcome}", *won[:2])
    elif race and len(lost) == len(race):
        seen.find(f"of {count}, all were refused", *race[:FEW])


def _is_wrong(one: Operation) -> bool:
    return one.failed or (one.refused and one.status not in ABSTAINED)


def unique_names(traces: Traces) -> Seen:
    """When all is quiet, no two items of a user have one name."""
    seen = Seen()
    for user, operations in traces.by_user.items():
        holders: dict[str, dict[str, Operation]] = defaultdict(dict)
        for page in operations:
            if page.kind is Kind.LIST_ITEMS and page.phase == AUDIT:
                for item in traces.items_of(page):
                    holders[str(item.unique)].setdefault(item.id, page)
        seen.observations += len(holders)
        for name, ids in holders.items():
            if len(ids) > 1:
                made = [traces.items[one].creation for one in ids if one in traces.items]
                claims = [one for one in made if one]
                pages = distinct(ids.values())[:1]
                sentence = f"{len(ids)} items of {user} have the name {name!r}"
                seen.find(sentence, *claims[:2], *pages)
    return seen


def if_match_is_atomic(traces: Traces) -> Seen:
    """Of the requests that name one version of an item, one at most is done; no two are alike."""
    seen = Seen()
    claims: dict[tuple[str, str], list[Operation]] = defaultdict(list)
    for one in traces.operations:
        tag = one.sent.get("If-Match")
        if tag and one.kind in UPDATES | {Kind.DELETE_ITEM}:
            claims[one.target, tag].append(one)
    for (item_id, tag), operations in claims.items():
        done = [one for one in operations if one.acknowledged]
        seen.observations += len(operations) > 1
        if len(done) > 1:
            sentence = f"{len(done)} changes of version {tag} of item {item_id} were acknowledged"
            seen.find(sentence, *done[:2])
    for race in traces.races("one-version").values():
        tries = [one for one in race if "If-Match" in one.sent]
        stale = {traces.profile.conditional.stale if traces.profile.conditional else 412}
        if tries and all(one.status in stale for one in tries):
            seen.find("the version that the app had just named was refused to all", *tries[:FEW])
    _tags_of_two_values(traces, seen)
    return seen


def _tags_of_two_values(traces: Traces, seen: Seen) -> None:
    """A version that names two values: who asks for one of them may change the other."""
    values: dict[tuple[str, str], tuple[str, Operation]] = {}
    told = set[str]()
    for one in traces.operations:
        if not (one.etag and one.acknowledged and one.kind is not Kind.LIST_ITEMS):
            continue
        for item in traces.items_of(one):
            known = values.setdefault((item.id, one.etag), (item.nonce, one))
            if known[0] != item.nonce and item.id not in told:
                told.add(item.id)
                seen.find(f"two values of item {item.id} have the tag {one.etag}", known[1], one)
