"""Refusals: whoever is refused what it may do was taken for somebody or something else.

What a refusal says can be judged only where nothing that was asked explains it, done or possibly
done: not a deletion, not the end of a log-in, not another claim to the name.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from urllib.parse import parse_qs, urlsplit

from integration_cli.checks.keys import says_taken, words
from integration_cli.checks.traces import CREATES, GONE, UPDATES, WRITES, Traces
from integration_cli.checks.verdict import Finding, Seen
from integration_cli.operation import Kind, Operation

# What is asked with an access token.
BY_TOKEN = WRITES | {
    Kind.READ_ITEM, Kind.LIST_ITEMS, Kind.DELETE_ITEM, Kind.READ_ME, Kind.CHANGE_PASSWORD
}  # fmt: skip
OF_ONE_NAME = {Kind.CREATE_ITEM, Kind.UPDATE_ITEM}
INVALID = {400, 404, 410, 422}
# In it what no app can make sense of is asked.
NONSENSE = "errors"


def refusals_have_a_reason(traces: Traces) -> Seen:
    """Nobody is refused what nothing that was asked forbids."""
    seen = Seen()
    asked = (one for one in traces.operations if one.kind in BY_TOKEN)
    seen.observations = sum(one.acknowledged or one.refused for one in asked)
    for rule in (_not_there, _not_known, _taken, _no_position):
        seen.findings += rule(traces)
    return seen


def _not_there(traces: Traces) -> Iterator[Finding]:
    """A change of what is there, whose app says that it is not."""
    for one in traces.operations:
        if one.status not in GONE or one.kind not in UPDATES | {Kind.DELETE_ITEM}:
            continue
        named = [item_id for item_id, _ in traces.changes(one)]
        named = named if one.kind in UPDATES else [one.target]
        made = [_there(traces, item_id, one) for item_id in named]
        there = [creation for creation in made if creation]
        if there and len(there) == len(made):
            what = "they are" if len(there) > 1 else "it is"
            yield Finding(
                f"a change was refused with {one.outcome}, and {what} there", (there[0], one)
            )


def _there(traces: Traces, item_id: str, one: Operation) -> Operation | None:
    """The creation of an item that must be there while it is asked for, and is one's own."""
    trace = traces.items.get(item_id)
    made = trace.creation if trace else None
    if trace is None or made is None or made.user != one.user or not made.before(one):
        return None
    return None if trace.may_be_gone(one) else made


def _not_known(traces: Traces) -> Iterator[Finding]:
    """A token that was given, then refused, and either accepted again or ended by nothing."""
    uses: dict[tuple[str, str], list[Operation]] = defaultdict(list)
    for one in traces.operations:
        if one.kind in BY_TOKEN and one.login:
            uses[one.user, one.login].append(one)
    given = {one.client: one for one in traces.by_kind[Kind.SIGN_IN] if one.acknowledged}
    ends, expire = _ends(traces), _first_expiry(traces)
    for (user, login), operations in uses.items():
        good = [one for one in operations if one.acknowledged]
        for one in [one for one in operations if one.status == 401]:
            before = [other for other in (given.get(login), *good) if other and other.before(one)]
            after = [other for other in good if one.before(other)]
            if not before:
                continue
            if after:
                sentence = "a token was refused that was accepted afterwards"
                yield Finding(sentence, (before[-1], one, after[0]))
            elif one.returned < expire and not _ended(ends[user], login, before[-1], one):
                yield Finding("a token was refused that nothing had ended", (before[-1], one))


def _first_expiry(traces: Traces) -> int:
    """Until when no token can have ended by itself: none was given before the first request."""
    lasting = [
        one.answer["exp"] - one.answer["iat"]
        for kind in (Kind.SIGN_IN, Kind.REFRESH)
        for one in traces.by_kind[kind]
        if isinstance(one.answer.get("exp"), int | float)
        and isinstance(one.answer.get("iat"), int | float)
    ]
    if not lasting or not traces.operations:
        return 0
    return traces.operations[0].invoked + int(min(lasting) * 1e9)


def _ends(traces: Traces) -> dict[str, list[Operation]]:
    """What may end log-ins of each user; a refresh token that is shown twice ends its own."""
    ends: dict[str, list[Operation]] = defaultdict(list)
    for kind in (Kind.REVOKE, Kind.CHANGE_PASSWORD, Kind.DELETE_USER, Kind.REFRESH):
        for one in traces.by_kind[kind]:
            if kind is Kind.REFRESH or not one.refused:
                ends[one.user].append(one)
    return ends


def _ended(ends: Iterable[Operation], login: str, accepted: Operation, refused: Operation) -> bool:
    """Whether something may have ended a log-in between these two uses of it."""
    return any(
        end.invoked < refused.returned and not end.before(accepted)
        for end in ends
        if end.login in {login, ""} or end.kind not in {Kind.REVOKE, Kind.REFRESH}
    )


def _taken(traces: Traces) -> Iterator[Finding]:
    """A name that is said to be taken, and nobody who asked for it can have it."""
    if traces.profile.items is None:
        return
    unique, taken = traces.fields.unique or "", says_taken(traces)
    claims: dict[tuple[str, str], list[Operation]] = defaultdict(list)
    refused: list[tuple[str, Operation]] = []
    for one in traces.operations:
        for name in {str(body[unique]) for body in traces.bodies(one) if unique in body}:
            if one.kind in WRITES and not (one.refused and one.status):
                claims[one.user, name].append(one)
            elif one.kind in OF_ONE_NAME and words(one) in taken:
                refused.append((name, one))
    for name, one in refused:
        begun = [claim for claim in claims[one.user, name] if claim.invoked < one.returned]
        gone = [_freed(traces, claim, one) for claim in begun]
        if all(gone) and not one.race.startswith(NONSENSE):
            known = [operation for operation in gone if operation]
            sentence = f"the name {name!r} was said to be taken, and nobody has it"
            yield Finding(sentence, (*begun[:1], *known[:1], one))


def _freed(traces: Traces, claim: Operation, one: Operation) -> Operation | None:
    """The deletion by which a claim to a name was over before it was claimed again."""
    items = traces.items_of(claim) if claim.acknowledged and claim.kind in CREATES else []
    ends = [
        next((end for end in traces.items[item.id].deletes if _is_over(end, one)), None)
        for item in items
        if item.id in traces.items
    ]
    return ends[0] if ends and all(ends) else None


def _is_over(end: Operation, one: Operation) -> bool:
    return end.acknowledged and end.before(one)


def _no_position(traces: Traces) -> Iterator[Finding]:
    """A position of which a page said that the next one begins there, and no page does."""
    pages = traces.profile.pages
    if pages is None or not pages.next:
        return
    named: dict[tuple[str, str], Operation] = {}
    for one in traces.by_kind[Kind.LIST_ITEMS]:
        position = _asked(one, pages.position)
        page = named.get((one.user, position))
        if position and page and page.before(one) and one.status in INVALID:
            sentence = f"the position that a page named was refused with {one.outcome}"
            yield Finding(sentence, (page, one))
        following = one.answer.get(pages.next) if one.acknowledged else None
        if following is not None:
            named[one.user, str(following)] = one


def _asked(one: Operation, name: str) -> str:
    said: Sequence[str] = parse_qs(urlsplit(one.path).query).get(name, [""])
    return said[0]
