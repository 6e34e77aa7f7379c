"""Rough use: clients that leave, connections that rest, workers that end.

A worker that was killed resets its connections at one instant, and an outage of the database ends;
so what may be either is a finding only where it comes at several times, or where others were
served at the same time.
"""

from collections import defaultdict
from collections.abc import Iterable
from itertools import pairwise

from integration_cli.checks.reads import durable_acknowledgement
from integration_cli.checks.traces import Traces
from integration_cli.checks.verdict import Finding, Seen
from integration_cli.operation import Kind, Operation, Trouble

SEVERAL = 3
APART = 50_000_000  # ns: what is nearer in time may have one cause
SOON = 1_500_000_000  # ns: no server has a reason to close a connection that was just used


def aborted_request_releases_its_connection(traces: Traces) -> Seen:
    """After more clients left than any pool has connections, who asks is served."""
    seen = Seen()
    for race in traces.races("after-aborts").values():
        askers: dict[str, list[Operation]] = defaultdict(list)
        for one in race:
            askers[one.client].append(one)
        seen.observations += len(askers)
        unserved = [tries for tries in askers.values() if not tries[-1].acknowledged]
        if len(unserved) >= SEVERAL:
            broken = [
                one
                for one in traces.operations
                if one.trouble == Trouble.ABORTED and one.returned < race[0].invoked
            ]
            sentence = f"{len(unserved)} of {len(askers)} that ask after the aborts are not served"
            seen.find(sentence, *broken[-1:], unserved[0][-1])
    return seen


def dying_worker_loses_nothing(traces: Traces) -> Seen:
    """Where connections were reset in the run, all that was acknowledged is there afterwards."""
    resets = [one for one in traces.operations if one.trouble == Trouble.RESET]
    if not resets:
        return Seen()
    seen = durable_acknowledgement(traces)
    seen.findings = [Finding(one.sentence, (*one.operations, resets[0])) for one in seen.findings]
    return seen


def start_up_never_refuses(traces: Traces) -> Seen:
    """While some of its workers serve, the app refuses no connection, also where one starts."""
    seen = Seen()
    refused = [one for one in traces.operations if one.trouble == Trouble.CONNECT]
    spans = _spans(traces.operations)
    began = min((one.invoked for one in traces.operations), default=0)
    replaced = [first for first, _ in spans.values() if first.returned - began > 2 * SOON]
    for one in refused:
        serving = [
            (first, last)
            for first, last in spans.values()
            if first.returned < one.invoked and one.returned < last.invoked
        ]
        if serving:
            first, last = serving[0]
            sentence = f"a connection was refused while worker {first.worker} served"
            seen.find(sentence, first, one, last)
    seen.observations = len(replaced)
    if refused:
        seen.doubt = f"{len(refused)} connections were refused: the app was down or restarted"
    return seen


def _spans(operations: Iterable[Operation]) -> dict[str, tuple[Operation, Operation]]:
    """The first and the last answer of each worker."""
    spans: dict[str, tuple[Operation, Operation]] = {}
    for one in operations:
        if one.worker:
            first, _ = spans.get(one.worker, (one, one))
            spans[one.worker] = (first, one)
    return spans


def keep_alive_is_safe(traces: Traces) -> Seen:
    """A connection that rests for a few seconds is still there for the next request.

    Those of a run rest since different moments. Where the server's patience ends them, each ends
    as long after its last use; where a worker ended, all end at one moment.
    """
    seen = Seen()
    rests = [one for one in traces.operations if one.kind is Kind.IDLE]
    cut = [one for one in rests if one.trouble]
    seen.observations = len(rests)
    if len(cut) >= SEVERAL and _spread([one.returned - one.invoked for one in cut]) < _spread(
        [one.returned for one in cut]
    ):
        pause = min(one.returned - one.invoked for one in cut) / 1e9
        seen.find(f"a connection was closed after {pause:.1f} s without a request", cut[0])
    elif cut:
        seen.doubt = f"{len(cut)} of {len(rests)} connections ended, as those of a worker that ends"
    return seen


def _spread(times: list[int]) -> int:
    return max(times) - min(times)


def error_does_not_poison_its_connection(traces: Traces) -> Seen:
    """After a refusal or a failure the connection serves on, or says that it will close."""
    seen = Seen()
    clients: dict[str, list[Operation]] = defaultdict(list)
    for one in traces.operations:
        if one.kind is not Kind.IDLE:
            clients[one.client].append(one)
    poisoned: list[tuple[Operation, Operation]] = []
    for operations in clients.values():
        for one, following in pairwise(operations):
            # While the app says that it is away, whatever ends its connections is not the error.
            if not one.status or one.status < 400 or one.status == 503 or _says_close(one):
                continue
            seen.observations += 1
            if _is_cut(one, following):
                poisoned.append((one, following))
    for one, following in poisoned if _at_times(poisoned) >= SEVERAL else []:
        seen.find(f"after a {one.outcome} its connection was closed without a word", one, following)
    return seen


def _is_cut(one: Operation, following: Operation) -> bool:
    """Whether it was found closed, and not by this side, when it was used again soon after."""
    if not 0 < following.invoked - one.returned < SOON:
        return False
    if following.connection == one.connection:
        return following.trouble == Trouble.RESET
    ours, _, _ = one.connection.rpartition(".")
    return bool(ours) and following.connection.rpartition(".")[0] == ours


def _says_close(one: Operation) -> bool:
    return "close" in one.headers.get("connection", "").lower()


def _at_times(pairs: list[tuple[Operation, Operation]]) -> int:
    """How many times these fall into, where what is near in time counts as one."""
    count, last = 0, -APART
    for moment in sorted(one.returned for one, _ in pairs):
        if moment - last >= APART:
            count, last = count + 1, moment
    return count
