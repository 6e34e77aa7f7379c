"""Counting: as many effects as acknowledgements, none lost and none twice."""

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterator

from integration_cli.checks.traces import AUDIT, Trace, Traces
from integration_cli.checks.verdict import Finding, Seen
from integration_cli.operation import Kind, Operation


def no_lost_update(traces: Traces) -> Seen:
    """No acknowledged change disappears under another: not a step, not a member, not a version."""
    seen = Seen()
    for race in traces.races("increments").values():
        _judge_increments(traces, seen, race)
    for race in traces.races("merges").values():
        _judge_merge(seen, race)
    for trace in traces.items.values():
        seen.observations += len(trace.updates) > 1
        seen.findings += list(_too_few(traces, trace))[:1]
    return seen


def retry_applies_once(traces: Traces) -> Seen:
    """What was acknowledged once has happened once."""
    seen = Seen()
    for race in traces.races("increments").values():
        acknowledged, possible, final = _steps(traces, race)
        if final and acknowledged and possible < final[0]:
            sentence = f"{possible} increments made {final[0]}"
            seen.find(sentence, *acknowledged[-2:], final[1])
    for trace in traces.items.values():
        seen.observations += bool(trace.updates)
        seen.findings += list(_too_many(trace))[:1]
    _created_twice(traces, seen)
    return seen


def _judge_increments(traces: Traces, seen: Seen, race: list[Operation]) -> None:
    acknowledged, _, final = _steps(traces, race)
    if final is None:
        return
    seen.observations += 1
    count, read = final
    if count < len(acknowledged):
        lost = _same_step(traces, acknowledged) or acknowledged[-2:]
        sentence = f"{len(acknowledged)} increments were acknowledged, and the counter is {count}"
        seen.find(sentence, *lost, read)


def _steps(
    traces: Traces, race: list[Operation]
) -> tuple[list[Operation], int, tuple[int, Operation] | None]:
    """The acknowledged increments, how many may have happened, and the final count, as read."""
    writes = [one for one in race if one.kind is Kind.UPDATE_ITEM]
    done = [one for one in writes if one.acknowledged]
    possible = sum(not one.refused for one in writes)
    over = max((one.returned for one in writes), default=0)
    reads = [one for one in race if one.kind is Kind.READ_ITEM and one.invoked > over]
    shown = [(item.counter, one) for one in reads for item in traces.shown(one)]
    final = [(count, one) for count, one in shown if count is not None]
    return done, possible, min(final, key=lambda pair: pair[0]) if final else None


def _same_step(traces: Traces, done: list[Operation]) -> list[Operation]:
    """Two acknowledged writes of one count: the second undid the first."""
    counter = traces.fields.counter or ""
    first: dict[object, Operation] = {}
    for one in done:
        other = first.setdefault((one.body or {}).get(counter), one)
        if other is not one:
            return [other, one]
    return []


def _judge_merge(seen: Seen, race: list[Operation]) -> None:
    writes = [one for one in race if one.kind is Kind.UPDATE_ITEM]
    over = max((one.returned for one in writes), default=0)
    reads = [one for one in race if one.kind is Kind.READ_ITEM and one.invoked > over]
    reads = [one for one in reads if one.acknowledged]
    if not reads or not writes:
        return
    seen.observations += 1
    for write in writes:
        for name, value in (write.body or {}).items():
            if write.acknowledged and reads[-1].answer.get(name) != value:
                others = [one for one in writes if one is not write and one.acknowledged]
                sentence = f"the change of {name!r} was acknowledged, and is gone"
                seen.find(sentence, write, *others[:1], reads[-1])
                return


def _too_few(traces: Traces, trace: Trace) -> Iterator[Finding]:
    """Versions that count fewer changes than were acknowledged before they were read."""
    if not trace.updates:
        return
    twins = _twins(traces, trace) if len(trace.updates) > 1 else ()
    if twins:
        sentence = f"two changes of item {trace.item_id} made the same version of it"
        yield Finding(sentence, twins)
    returned = sorted(one.returned for one in trace.updates if one.acknowledged)
    for read in trace.reads if trace.creation else []:
        least = 1 + bisect_left(returned, read.operation.invoked)
        if read.version is not None and read.version < least:
            if read.operation.phase != AUDIT and _is_stale(trace, read.nonce):
                continue  # an old answer: `fresh_reads` says so
            sentence = f"after {least - 1} changes the version is {read.version}, not {least}"
            last = [one for one in trace.updates if one.acknowledged][-2:]
            yield Finding(sentence, (*last, read.operation))


def _is_stale(trace: Trace, nonce: str | None) -> bool:
    newest = max(trace.by_nonce.values(), key=lambda write: write.operation.invoked, default=None)
    return newest is not None and newest.nonce != nonce


def _twins(traces: Traces, trace: Trace) -> tuple[Operation, ...]:
    """Two acknowledged changes whose answers show the same version."""
    by_version: dict[int, Operation] = {}
    for one in trace.updates:
        for item in traces.items_of(one) if one.acknowledged else []:
            if item.id != trace.item_id or item.version is None:
                continue
            other = by_version.setdefault(item.version, one)
            if other is not one:
                return (other, one)
    return ()


def _too_many(trace: Trace) -> Iterator[Finding]:
    """Versions that count more changes than were asked for before they were read."""
    invoked = sorted(one.invoked for one in trace.updates)
    for read in trace.reads if trace.creation else []:
        most = 1 + bisect_left(invoked, read.operation.returned)
        if read.version is not None and read.version > most:
            sentence = f"after {most - 1} changes the version is {read.version}, not {most}"
            last = trace.updates[-2:]
            yield Finding(sentence, (*last, read.operation))


def _created_twice(traces: Traces, seen: Seen) -> None:
    """Two items that show the mark of one creation of one item."""
    made = {
        nonce: one
        for one in traces.by_kind[Kind.CREATE_ITEM]
        if not one.refused
        for nonce in traces.nonces(one)
    }
    retried = _repeated(traces)
    holders: dict[str, str] = {}
    told = set[str]()
    for one in traces.by_kind[Kind.LIST_ITEMS]:
        for item in traces.shown(one):
            first = holders.setdefault(item.nonce, item.id)
            creation = made.get(item.nonce)
            is_twin = creation is not None and first != item.id
            if is_twin and creation and item.nonce not in told and item.nonce not in retried:
                told.add(item.nonce)
                seen.find("one creation made two items", creation, one)
    seen.observations += len(made)


def _repeated(traces: Traces) -> set[str]:
    """Marks that several requests bear: an idempotency key's repetitions."""
    counts: dict[str, int] = defaultdict(int)
    for one in traces.by_kind[Kind.CREATE_ITEM]:
        for nonce in traces.nonces(one):
            counts[nonce] += 1
    return {nonce for nonce, count in counts.items() if count > 1}
