"""Session guarantees: what a read may show, given what was acknowledged before it began.

Order is real time: one operation comes before another if it returned before the other was
invoked; operations that overlap have no order, and either value is right. A write that is
indeterminate may land at any time from its invocation on, so showing it is never wrong. See
Terry et al., "Session Guarantees for Weakly Consistent Replicated Data" (1994).
"""

from collections.abc import Iterator

from integration_cli.checks.traces import AUDIT, Newest, Read, Trace, Traces
from integration_cli.checks.verdict import Verdict, Violation, verdict
from integration_cli.operation import Operation


def read_your_writes(traces: Traces) -> Verdict:
    """A client sees what it wrote itself, from the acknowledgement on."""
    return _fresh(traces, "read-your-writes", own=True)


def fresh_reads(traces: Traces) -> Verdict:
    """A client sees what the user's other connections wrote, whichever worker it talks to."""
    return _fresh(traces, "fresh-reads", own=False)


def monotonic_reads(traces: Traces) -> Verdict:
    """Having seen a version, a client never sees an older one."""
    observations, violations = 0, list[Violation]()
    for trace in traces.items.values():
        for reads in _by_client(trace).values():
            observations += max(len(reads) - 1, 0)
            violations += _goes_back(trace, reads)
    return verdict("monotonic-reads", observations, violations)


def durable_acknowledgement(traces: Traces) -> Verdict:
    """What was acknowledged is there when all is quiet: nothing is lost, nothing is undone."""
    violations, audited, missed = list[Violation](), 0, 0
    for trace in traces.items.values():
        newest = Newest(trace.writes)
        if newest.before(2**63) is None:
            continue
        reads = [read for read in trace.reads if read.operation.phase == AUDIT]
        audited += bool(reads)
        missed += not reads
        found = (stale(trace, read, newest) for read in reads)
        violations += [one for one in found if one][:1]
    doubt = f"{missed} acknowledged items could not be read in the audit" if missed else ""
    return verdict("durable-acknowledgement", audited, violations, doubt)


def stale(trace: Trace, read: Read, newest: Newest) -> Violation | None:
    """The violation in a read of something older than the newest acknowledged write, if any."""
    must = newest.before(read.operation.invoked)
    if must is None:
        return None
    if read.nonce is None:
        if trace.may_be_gone(read.operation):
            return None
        sentence = f"item {trace.item_id} was acknowledged, and then it was not there"
        return Violation(sentence, (must.operation, read.operation))
    seen = trace.written(read.nonce)
    if seen is None or seen.operation.indeterminate or not seen.operation.before(must.operation):
        return None
    sentence = f"item {trace.item_id} shows {seen.nonce!r} after {must.nonce!r} was acknowledged"
    return Violation(sentence, (seen.operation, must.operation, read.operation))


def _fresh(traces: Traces, invariant: str, *, own: bool) -> Verdict:
    observations, violations = 0, list[Violation]()
    for trace in traces.items.values():
        for client, reads in _by_client(trace).items():
            newest = Newest(w for w in trace.writes if (w.operation.client == client) is own)
            observations += sum(newest.before(read.operation.invoked) is not None for read in reads)
            found = (stale(trace, read, newest) for read in reads)
            violations += [one for one in found if one][:1]
    return verdict(invariant, observations, violations)


def _by_client(trace: Trace) -> dict[str, list[Read]]:
    """Reads while the app works. The audit's are judged by `durable_acknowledgement`."""
    clients: dict[str, list[Read]] = {}
    for read in trace.reads:
        if read.operation.phase != AUDIT:
            clients.setdefault(read.operation.client, []).append(read)
    return clients


def _goes_back(trace: Trace, reads: list[Read]) -> Iterator[Violation]:
    latest: tuple[Operation, Operation] | None = None  # a write, and the read that showed it
    for read in reads:
        seen = trace.written(read.nonce)
        if seen is None:
            continue
        write = seen.operation
        if latest and not write.indeterminate and write.before(latest[0]):
            sentence = f"item {trace.item_id} goes back to {read.nonce!r} from a newer version"
            yield Violation(sentence, (write, latest[0], latest[1], read.operation))
            return
        if latest is None or latest[0].before(write):
            latest = (write, read.operation)
