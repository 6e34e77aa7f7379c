"""Effects: a write has all of its effect or none, and none after a refusal or a delete."""

from collections import defaultdict
from collections.abc import Iterator
from itertools import groupby

from integration_cli.checks.traces import (
    AUDIT,
    UPDATES,
    WRITES,
    Item,
    Trace,
    Traces,
    distinct,
)
from integration_cli.checks.verdict import Finding, Seen
from integration_cli.operation import Kind, Operation

Batch = frozenset[str]


def refused_write_has_no_effect(traces: Traces) -> Seen:
    """No value of a write that was answered with a definite 4xx is ever shown."""
    seen = Seen()
    refused, done = dict[str, Operation](), set[str]()
    names, named = dict[str, Operation](), set[str]()
    unique = traces.fields.unique or ""
    for one in traces.operations:
        if one.kind not in WRITES:
            continue
        given = {str(body[unique]) for body in traces.bodies(one) if unique in body}
        if one.status and one.refused:
            refused |= dict.fromkeys(traces.nonces(one), one)
            names |= dict.fromkeys(given, one)
        else:
            # A repetition may be done where the first try was refused.
            done.update(traces.nonces(one))
            named |= given
    seen.observations = len(refused)
    values = {nonce: one for nonce, one in refused.items() if nonce not in done}
    free = {name: one for name, one in names.items() if name not in named}
    told = set[str]()
    for one in traces.operations if values or free else ():
        for item in traces.shown(one):
            by = values.get(item.nonce) or free.get(str(item.unique))
            if by and item.id not in told:
                told.add(item.id)
                seen.find(f"item {item.id} shows what was refused with {by.outcome}", by, one)
    return seen


def deleted_stays_deleted(traces: Traces) -> Seen:
    """After an acknowledged delete nobody reads the item."""
    seen = Seen()
    for trace in traces.items.values():
        first = _deleted(trace)
        if first is None:
            continue
        uses = [read for read in trace.reads if first.before(read.operation)]
        alive = [read.operation for read in uses if read.nonce is not None]
        seen.observations += len(uses)
        if alive:
            seen.find(f"item {trace.item_id} was deleted, and then it was read", first, alive[0])
    return seen


def no_resurrection(traces: Traces) -> Seen:
    """After an acknowledged delete nobody changes the item, nor does a change bring it back."""
    seen = Seen()
    for trace in traces.items.values():
        first = _deleted(trace)
        if first is None:
            continue
        late = [one for one in trace.updates if not one.before(first)]
        seen.observations += len(late)
        after = [one for one in late if one.acknowledged and first.before(one)]
        if after:
            seen.find(f"item {trace.item_id} was deleted, and then changed", first, after[0])
            continue
        back = [
            (read.operation, write.operation)
            for read in trace.reads
            if first.before(read.operation)
            and (write := trace.written(read.nonce))
            and not write.operation.before(first)
            and write.operation.kind in UPDATES
        ]
        for read, change in back[:1]:
            sentence = f"item {trace.item_id} was deleted, and a change brought it back"
            seen.find(sentence, first, change, read)
    return seen


def _deleted(trace: Trace) -> Operation | None:
    done = [delete for delete in trace.deletes if delete.acknowledged]
    return min(done, key=lambda delete: delete.returned) if done else None


def bulk_is_atomic(traces: Traces) -> Seen:
    """No answer shows half of a bulk update, nor do single reads when all is quiet."""
    seen = Seen()
    tries = traces.by_kind[Kind.UPDATE_ITEMS]
    batch_of = _batches(traces)
    writers = {nonce: one for one in tries for nonce in traces.nonces(one)}
    for reads in _sights(traces) if batch_of else ():
        pairs = [(item, one) for one in reads for item in traces.shown(one) if item.id in batch_of]
        if len(pairs) < 2:
            continue
        pairs.sort(key=lambda pair: sorted(batch_of[pair[0].id]))
        for _, group in groupby(pairs, key=lambda pair: batch_of[pair[0].id]):
            rows = list(group)
            seen.observations += len(rows) > 1
            seen.findings += _half(rows, writers)
    _half_created(traces, seen)
    return seen


def _half_created(traces: Traces, seen: Seen) -> None:
    """A bulk creation of which an answer or the audit shows some, but not all."""
    made = {
        nonce: one
        for one in traces.by_kind[Kind.CREATE_ITEMS]
        if one.acknowledged
        for nonce in traces.nonces(one)
    }
    short = [
        one
        for one in traces.by_kind[Kind.CREATE_ITEMS]
        # An answer that shows none of them says nothing of what was made.
        if one.acknowledged and 0 < len(traces.items_of(one)) < len(traces.bodies(one))
    ]
    seen.observations += len({one.invoked for one in made.values()})
    for one in short:
        shown, asked = len(traces.items_of(one)), len(traces.bodies(one))
        seen.find(f"of {asked} items created together, the answer shows {shown}", one)


def _sights(traces: Traces) -> Iterator[list[Operation]]:
    """What shows one moment: a page, or a user's single reads in the audit."""
    for operation in traces.by_kind[Kind.LIST_ITEMS]:
        yield [operation]
    for operations in traces.by_user.values():
        yield [o for o in operations if o.kind is Kind.READ_ITEM and o.phase == AUDIT]


def _batches(traces: Traces) -> dict[str, Batch]:
    """Each item that only ever changes together with the same others, and who those are."""
    batches: dict[str, set[Batch]] = defaultdict(set)
    for operation in traces.by_kind[Kind.UPDATE_ITEMS]:
        if not operation.refused:
            ids = frozenset(item_id for item_id, _ in traces.changes(operation))
            for item_id in ids:
                batches[item_id].add(ids)
    apart = {one.target for one in traces.by_kind[Kind.UPDATE_ITEM] if not one.refused}
    whole = {
        item_id: next(iter(sets))
        for item_id, sets in batches.items()
        if len(sets) == 1 and item_id not in apart
    }
    return {one: batch for one, batch in whole.items() if len(batch) > 1 and batch <= whole.keys()}


def _half(pairs: list[tuple[Item, Operation]], writers: dict[str, Operation]) -> Iterator[Finding]:
    nonces = {item.nonce for item, _ in pairs}
    bulk = [writers[nonce] for nonce in sorted(nonces) if nonce in writers]
    if len(nonces) < 2 or not bulk:
        return
    reads = list(dict.fromkeys(one.invoked for _, one in pairs))
    if len(reads) > 1 and any(one.indeterminate for one in bulk):
        return  # it may have landed between these reads
    by_nonce = {item.nonce: one for item, one in pairs}
    sentence = f"{len(pairs)} items written together show {len(nonces)} different writes"
    yield Finding(sentence, tuple(distinct([*bulk[:3], *by_nonce.values()])))


def aborted_request_is_all_or_nothing(traces: Traces) -> Seen:
    """A request whose client left has done all that it asks for, or nothing, when all is quiet."""
    seen = Seen()
    broken = {
        nonce: one
        for one in traces.by_kind[Kind.CREATE_ITEMS]
        if one.indeterminate
        for nonce in set(traces.nonces(one))
    }
    for user, pages in _audits(traces).items():
        present: dict[str, set[str]] = defaultdict(set)
        for page in pages:
            for item in traces.items_of(page):
                present[item.nonce].add(item.id)
        for nonce, one in broken.items():
            if one.user != user or traces.nonces(one).count(nonce) < 2:
                continue
            seen.observations += 1
            there, asked = len(present[nonce]), traces.nonces(one).count(nonce)
            if 0 < there < asked:
                seen.find(f"{there} of {asked} items that were created together exist", one, *pages)
    return seen


def _audits(traces: Traces) -> dict[str, list[Operation]]:
    """The pages of each user whose whole list was read when all was quiet."""
    users = {}
    for user, operations in traces.by_user.items():
        pages = [o for o in operations if o.kind is Kind.LIST_ITEMS and o.phase == AUDIT]
        if pages and all(one.acknowledged for one in pages):
            users[user] = pages
    return users
