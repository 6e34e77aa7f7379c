"""Session guarantees: what a read may show, given what was acknowledged before it began.

Order is real time: one operation comes before another if it returned before the other was
invoked; operations that overlap have no order, and either value is right. A write that is
indeterminate may land at any time from its invocation on, so showing it is never wrong. See
Terry et al., "Session Guarantees for Weakly Consistent Replicated Data" (1994).
"""

from bisect import bisect_left
from itertools import accumulate
from operator import le

from integration_cli.checks.traces import AUDIT, Newest, Read, Trace, Traces
from integration_cli.checks.verdict import Finding, Seen
from integration_cli.operation import Operation


def read_your_writes(traces: Traces) -> Seen:
    """A client sees what it wrote itself, from the acknowledgement on."""
    return _fresh(traces, own=True)


def fresh_reads(traces: Traces) -> Seen:
    """A client sees what the user's other connections wrote, whichever worker it talks to."""
    return _fresh(traces, own=False)


def monotonic_reads(traces: Traces) -> Seen:
    """Once a version was seen, nobody who asks later sees an older one."""
    seen = Seen()
    for trace in traces.items.values():
        reads = [read for read in trace.reads if read.operation.phase != AUDIT]
        seen.observations += max(len(reads) - 1, 0)
        seen.findings += _goes_back(trace, reads)[:1]
    return seen


def durable_acknowledgement(traces: Traces) -> Seen:
    """What was acknowledged is there when all is quiet: nothing is lost, nothing is undone."""
    seen, missed = Seen(), 0
    for trace in traces.items.values():
        newest = trace.newest
        if newest.before(2**63) is None:
            continue
        reads = [read for read in trace.reads if read.operation.phase == AUDIT]
        seen.observations += bool(reads)
        missed += not reads and not trace.deletes
        found = (stale(trace, read, newest) for read in reads)
        seen.findings += [one for one in found if one][:1]
    if missed:
        seen.doubt = f"{missed} acknowledged items could not be read in the audit"
    return seen


def stale(trace: Trace, read: Read, newest: Newest) -> Finding | None:
    """The finding in a read of something older than the newest acknowledged write, if any."""
    must = newest.before(read.operation.invoked)
    if must is None:
        return None
    if read.nonce is None:
        if trace.may_be_gone(read.operation):
            return None
        sentence = f"item {trace.item_id} was acknowledged, and then it was not there"
        return Finding(sentence, (must.operation, read.operation))
    seen = trace.written(read.nonce)
    if seen is None or seen.operation.indeterminate or not seen.operation.before(must.operation):
        return None
    sentence = f"item {trace.item_id} shows {seen.nonce!r} after {must.nonce!r} was acknowledged"
    return Finding(sentence, (seen.operation, must.operation, read.operation))


def _fresh(traces: Traces, *, own: bool) -> Seen:
    occasions, suspects = traces.once(_sightings)
    seen = Seen(occasions[own])
    for trace in suspects:
        seen.findings += _attributed(trace, own=own)
    return seen


def _sightings(traces: Traces) -> tuple[dict[bool, int], list[Trace]]:
    """How many reads must show a write of their own client, and of another's; and stale traces."""
    occasions, suspects = {True: 0, False: 0}, list[Trace]()
    for trace in traces.items.values():
        is_stale, before = False, trace.newest.before
        for read in trace.reads:
            if read.operation.phase == AUDIT:
                continue
            must = before(read.operation.invoked)
            if must is not None:
                occasions[must.operation.client == read.operation.client] += 1
                # Most reads show the very write that they must.
                is_stale = is_stale or (
                    read.nonce != must.nonce and stale(trace, read, trace.newest) is not None
                )
        if is_stale:
            suspects.append(trace)
    return occasions, suspects


def _attributed(trace: Trace, *, own: bool) -> list[Finding]:
    """The first stale read of each client, told apart by whose write it misses."""
    findings: list[Finding] = []
    for client, reads in _by_client(trace).items():
        newest = Newest(w for w in trace.writes if (w.operation.client == client) is own)
        found = (stale(trace, read, newest) for read in reads)
        findings += [one for one in found if one][:1]
    return findings


def _by_client(trace: Trace) -> dict[str, list[Read]]:
    """Reads while the app works. The audit's are judged by `durable_acknowledgement`."""
    clients: dict[str, list[Read]] = {}
    for read in trace.reads:
        if read.operation.phase != AUDIT:
            clients.setdefault(read.operation.client, []).append(read)
    return clients


def _goes_back(trace: Trace, reads: list[Read]) -> list[Finding]:
    """Reads that show a write older than one that an earlier read had shown."""
    shown = [(one, trace.written(one.nonce)) for one in reads]
    begun = [write.operation.invoked for _, write in shown if write]
    if all(map(le, begun, begun[1:])):
        return []  # who asks later sees what began later, in every pair
    done = sorted(
        ((read.operation, write.operation) for read, write in shown if write),
        key=lambda pair: pair[0].returned,
    )
    returned = [read.returned for read, _ in done]
    latest = list(accumulate(done, _later))
    findings = []
    for read, write in shown:
        position = bisect_left(returned, read.operation.invoked)
        if write is None or write.operation.indeterminate or not position:
            continue
        by, newer = latest[position - 1]
        if write.operation.before(newer):
            sentence = f"item {trace.item_id} goes back to {read.nonce!r} from a newer version"
            operations = (write.operation, newer, by, read.operation)
            findings.append(Finding(sentence, operations))
    return findings


Pair = tuple[Operation, Operation]


def _later(one: Pair, other: Pair) -> Pair:
    """Of two reads, the one that showed the write that began later."""
    return one if one[1].invoked >= other[1].invoked else other
