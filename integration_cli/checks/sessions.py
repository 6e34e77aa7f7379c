"""Who asks: a log-in ends for all workers at once, and nobody is taken for another."""

from collections import defaultdict
from itertools import pairwise

from integration_cli.checks.traces import WRITES, Traces
from integration_cli.checks.verdict import Seen
from integration_cli.operation import Kind, Operation

ABOUT_ITEMS = WRITES | {Kind.READ_ITEM}
NOBODY = {Kind.PROBE, Kind.SIGN_IN, Kind.REVOKE, Kind.IDLE, Kind.MALFORMED, Kind.REGISTER}

WRONG = 401  # a guess that was looked at
FEWEST = 3  # guesses that any app allows to who forgot a password


def revocation_reaches_every_worker(traces: Traces) -> Seen:
    """From the answer to a revocation on, no worker accepts what it revokes."""
    seen = Seen()
    for one in traces.operations:
        if one.kind is Kind.REVOKE and one.acknowledged:
            later = [o for o in traces.by_user[one.user] if o.login == one.login]
        elif one.kind is Kind.CHANGE_PASSWORD and one.acknowledged:
            later = traces.by_user[one.user]
        else:
            continue
        uses = [o for o in later if o.race == one.race and one.before(o) and o.kind not in NOBODY]
        seen.observations += len(uses)
        accepted = [o for o in uses if o.acknowledged]
        if accepted:
            what = "a new password" if one.kind is Kind.CHANGE_PASSWORD else "a log-out"
            seen.find(f"a token was accepted after {what} was acknowledged", one, accepted[0])
    _old_passwords(traces, seen)
    return seen


def _old_passwords(traces: Traces, seen: Seen) -> None:
    changes = traces.races("new-password")
    for race, log_ins in traces.races("old-password").items():
        number = race.partition("#")[2]
        of_it = changes.get(f"new-password#{number}", [])
        done = [o for o in of_it if o.kind is Kind.CHANGE_PASSWORD and o.acknowledged]
        late = [o for o in log_ins if done and done[0].before(o)]
        seen.observations += len(late)
        for one in [o for o in late if o.acknowledged][:1]:
            seen.find("the old password was good after a new one was acknowledged", done[0], one)


def caller_is_who_the_token_says(traces: Traces) -> Seen:
    """What an app says of the caller and does in its name is of the user whose token was sent."""
    seen = Seen()
    ids = _ids(traces)
    name = traces.profile.accounts.id
    items = traces.profile.items
    private = items is not None and items.private
    for one in traces.operations:
        mine = ids.get(one.user)
        if not one.acknowledged or one.kind in NOBODY:
            continue
        if one.kind is Kind.READ_ME and mine and name in one.answer:
            seen.observations += 1
            if str(one.answer[name]) != mine:
                seen.find(f"{one.user} is {mine}, and was told of {one.answer[name]}", one)
        elif mine and (one.kind in WRITES or private):
            owners = {item.owner for item in traces.items_of(one)} - {None}
            seen.observations += bool(owners)
            if owners - {mine}:
                seen.find(f"{one.user} is {mine}, and was shown what is {owners.pop()}'s", one)
        if private and one.kind is Kind.READ_ITEM:
            _of_another(traces, seen, one)
    return seen


def _of_another(traces: Traces, seen: Seen, read: Operation) -> None:
    trace = traces.items.get(read.target)
    creation = trace.creation if trace else None
    if creation and creation.user != read.user:
        seen.find(f"{read.user} was shown an item of {creation.user}", creation, read)


def _ids(traces: Traces) -> dict[str, str]:
    """The id of each user, as the app said when it was made; or when it was asked first."""
    name = traces.profile.accounts.id
    ids: dict[str, str] = {}
    for kind in (Kind.REGISTER, Kind.READ_ME):
        for one in traces.operations:
            if one.kind is kind and one.acknowledged and name in one.answer:
                ids.setdefault(one.user, str(one.answer[name]))
    return ids


def no_orphans(traces: Traces) -> Seen:
    """After a user was deleted it makes nothing, does not log in, and nothing of it can be read."""
    seen = Seen()
    for race in traces.races("deletion-of-a-user").values():
        ends = [one for one in race if one.kind is Kind.DELETE_USER and one.acknowledged]
        if not ends:
            continue
        end = ends[0]
        after = [one for one in race if end.before(one) and one.kind is not Kind.PROBE]
        seen.observations += len(after)
        alive = [one for one in after if one.acknowledged]
        failed = [one for one in race if one.failed and one is not end]
        if alive:
            is_back = alive[0].kind is Kind.SIGN_IN
            what = "it can log in again" if is_back else "something of it is there"
            seen.find(f"a user was deleted, and {what}", end, alive[0])
        elif failed:
            seen.find(f"a request beside the deletion ended in {failed[0].outcome}", end, failed[0])
    return seen


def guesses_are_limited(traces: Traces) -> Seen:
    """Of wrong passwords no more are looked at when they come at once than one after another."""
    seen = Seen()
    limited = traces.profile.login.limited
    for race in traces.races("guesses").values():
        users: dict[str, list[Operation]] = defaultdict(list)
        for one in race:
            users[one.user].append(one)
        alone = next((each for each in users.values() if _is_in_turn(each)), [])
        # One that was not answered may have been looked at.
        looked_at = [one for one in alone if one.status == WRONG or one.indeterminate]
        if len(looked_at) < FEWEST or not any(one.status == limited for one in alone):
            seen.doubt = f"one after another {len(looked_at)} guesses were all looked at"
            continue
        seen.observations += 1
        for guesses in users.values():
            wrong = [one for one in guesses if one.status == WRONG]
            if len(wrong) > len(looked_at):
                sentence = f"one after another {len(looked_at)} guesses are looked at, and at once"
                seen.find(f"{sentence} {len(wrong)}", looked_at[-1], alone[-1], *wrong[:2])
    return seen


def _is_in_turn(operations: list[Operation]) -> bool:
    return all(one.before(following) for one, following in pairwise(operations))


def responses_belong_to_requests(traces: Traces) -> Seen:
    """An answer is about what was asked: the same item, the value just written, the same id."""
    seen = Seen()
    header = (traces.profile.headers.request_id or "").lower()
    for one in traces.operations:
        echoed = one.headers.get(header) if one.sent else None
        if echoed:
            sent = {name.lower(): value for name, value in one.sent.items()}
            seen.observations += header in sent
            if sent.get(header, echoed) != echoed:
                seen.find(f"the request {sent[header]} got the answer to {echoed}", one)
        if one.kind in ABOUT_ITEMS and one.acknowledged:
            seen.observations += 1
            if fault := _mismatch(traces, one):
                seen.find(fault, one)
    return seen


def _mismatch(traces: Traces, one: Operation) -> str:
    items = traces.items_of(one)
    for item in items if one.target else ():
        if item.id != one.target:
            return f"item {one.target} was asked for, and item {item.id} came"
    if one.kind not in WRITES:
        return ""
    bodies, nonce = traces.bodies(one), traces.fields.nonce
    for item, body in zip(items, bodies, strict=True) if len(items) == len(bodies) else ():
        if nonce in body and str(body[nonce]) != item.nonce:
            return f"{body[nonce]!r} was written, and the answer shows {item.nonce!r}"
    return ""
