"""The pool of connections: what many are told who ask at once, and who asks alone after them.

An outage of the database ends, and an app may say that it is one; so what may be an outage is a
finding only where it comes at several times, or where others were served at the same time.
"""

from collections.abc import Iterator, Sequence
from itertools import zip_longest

from integration_cli.checks.traces import Traces
from integration_cli.checks.verdict import Finding, Seen
from integration_cli.operation import Kind, Operation, Trouble

SEVERAL = 3
BURSTS = ("burst", "convoy")
AFTERWARDS = 5_000_000_000  # ns that an app may work on for who has left
STILL = 1_500_000_000  # ns: in which at least one of a queue is served
LONG_WAIT = 3_000_000_000  # ns: what is asked alone is not overload, and takes less
LONG = 4_000_000_000  # ns: an overload is over by then, when nobody asks
UNASKED = {Kind.IDLE, Kind.PROBE}  # what needs no connection to the database


def pool_degrades_gracefully(traces: Traces) -> Seen:
    """Who asks for more than the pool has is served, or told by 503 when to come again."""
    seen = Seen()
    for race in _windows(traces, *BURSTS):
        seen.observations += len(race)
        failed = [one for one in race if one.failed]
        refused = [one for one in race if one.status == 503]
        mute = [one for one in refused if not one.retry_after]
        hung = [one for one in race if one.trouble == Trouble.TIMEOUT]
        reset = [one for one in race if one.trouble == Trouble.RESET]
        if failed:
            seen.find(f"{len(failed)} of {len(race)} at once were answered with 5xx", failed[0])
        elif len(mute) >= SEVERAL and mute == refused:
            # A commit whose answer was lost in an outage is not to be sent again just like that.
            sentence = f"no 503 of {len(mute)} says when to come again (Retry-After)"
            seen.find(sentence, mute[0])
        elif len(hung) >= SEVERAL and any(one.acknowledged for one in race):
            seen.find(f"{len(hung)} of {len(race)} at once hung until they timed out", hung[0])
        elif hung or reset:
            seen.doubt = f"{len(hung)} timed out, {len(reset)} were reset"
    seen.findings += _standstill(traces)
    seen.findings += _waited_alone(traces)
    _refused_alone(traces, seen)
    return seen


def _standstill(traces: Traces) -> list[Finding]:
    """Whenever many want to change the same rows nobody is served for a while, and then refused.

    Who waits for a row waits for one who is being served. Here each waits for all the others. An
    outage of the database is not in all windows, and an app may say that it is one.
    """
    away = traces.profile.overload.unreachable
    found = []
    for race in _windows(traces, "convoy"):
        if not away or any(away in _words(one) for one in race if one.status == 503):
            return []
        done = [one.returned for one in race if one.acknowledged]
        in_vain = [one for one in race if one.status == 503 and _is_still(one, done)]
        if len(in_vain) < SEVERAL:
            return []
        sentence = f"{len(in_vain)} that change the same rows waited, while nobody was served"
        found.append(Finding(sentence, tuple(in_vain[:2])))
    return found if len(found) > 1 else []


def _is_still(one: Operation, done: Sequence[int]) -> bool:
    """Whether nobody was served in the time before its answer."""
    since = one.returned - STILL
    return one.invoked < since and not any(since < moment < one.returned for moment in done)


def _waited_alone(traces: Traces) -> list[Finding]:
    """Again and again who asks alone waits for seconds, and in vain: for what nobody has.

    Others are served in between, so that it is no outage.
    """
    asked = [one for one in traces.operations if one.kind not in UNASKED]
    waited: list[Operation] = []
    served = True
    for one, is_alone in zip(asked, _alone(asked), strict=True):
        in_vain = one.status == 503 or one.trouble == Trouble.TIMEOUT
        if is_alone and in_vain and one.returned - one.invoked > LONG_WAIT and served:
            waited.append(one)
            served = False
        served = served or one.acknowledged
    if len(waited) < SEVERAL:
        return []
    seconds = waited[0].milliseconds / 1000
    return [Finding(f"who asks alone waits {seconds:.0f} s, and in vain", (waited[0], waited[1]))]


def _refused_alone(traces: Traces, seen: Seen) -> None:
    """Who asks alone is told that too many ask, for seconds in which nobody is served.

    Of an app that does not say when its database is away, this cannot be told from an outage.
    """
    away = traces.profile.overload.unreachable
    asked = [one for one in traces.operations if one.kind not in UNASKED]
    refused: list[Operation] = []
    for one, is_alone in zip(asked, _alone(asked), strict=True) if away else ():
        seen.observations += is_alone
        if one.acknowledged or (away and away in _words(one)):
            refused = []
        elif is_alone and one.status == 503:
            refused.append(one)
        span = one.returned - refused[0].invoked if refused else 0
        if len(refused) >= SEVERAL and span > LONG:
            sentence = f"for {span / 1e9:.0f} s who asked alone was told that too many ask"
            seen.find(sentence, refused[0], one)
            refused = []


def _alone(operations: Sequence[Operation]) -> Iterator[bool]:
    """Whether during each, and for a while before, the app had nothing else to do.

    What was broken off or timed out may be under way for longer than its client waited.
    """
    busy = 0
    for one, following in zip_longest(operations, operations[1:]):
        yield busy < one.invoked and (following is None or following.invoked > one.returned)
        busy = max(busy, one.returned + (AFTERWARDS if one.status is None else 0))


def connections_stay_within_the_limit(traces: Traces) -> Seen:
    """However many ask at once, the app opens no more connections than Postgres lets it have."""
    seen = Seen()
    said = traces.profile.overload.unreachable
    windows = _windows(traces, "burst")
    calm = not any(one.failed for one in traces.operations if not _is_burst(one))
    refused: list[Finding] = []
    for race in windows:
        seen.observations += len(race)
        done = [one for one in race if one.acknowledged]
        out = [one for one in race if said and one.status == 503 and said in _words(one)]
        failed = [one for one in race if one.failed]
        if out and len(done) >= len(race) / 4:
            sentence = f"{len(out)} of {len(race)} at once found no connection to the database"
            refused.append(Finding(sentence, (out[0],)))
        elif failed and calm:
            sentence = f"{len(failed)} of {len(race)} at once were answered with 5xx, others never"
            refused.append(Finding(sentence, (failed[0],)))
    if len(refused) == len(windows):  # an outage of the database is not in all of them
        seen.findings = refused
    return seen


def _is_burst(one: Operation) -> bool:
    return one.race.partition("#")[0] in BURSTS


def _words(one: Operation) -> str:
    return str(one.answer)


def _windows(traces: Traces, *scenarios: str) -> list[list[Operation]]:
    return [race for scenario in scenarios for race in traces.races(scenario).values()]
