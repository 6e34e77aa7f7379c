"""Effects: a write has all of its effect or none, and none after a refusal or a delete."""

from collections.abc import Iterable, Iterator
from itertools import groupby

from integration_cli.checks.traces import (
    AUDIT,
    CREATES,
    UPDATES,
    Traces,
    bodies,
    distinct,
    shown,
    updated,
)
from integration_cli.checks.verdict import Verdict, Violation, skipped, verdict
from integration_cli.operation import Item, Kind, Operation

NO_SUCH_METHOD = {404, 405, 501}
Batch = frozenset[str]


def refused_write_has_no_effect(traces: Traces) -> Verdict:
    """No value of a write that was answered with a definite 4xx is ever shown."""
    refused: dict[str, Operation] = {}
    for operation in traces.operations:
        if operation.status and operation.refused and operation.kind in CREATES | UPDATES:
            refused |= {str(body.get("description")): operation for body in bodies(operation)}
    violations = [
        Violation(
            f"item {item.id} shows what was refused with {refused[item.description].outcome}",
            (refused[item.description], operation),
        )
        for operation in traces.operations
        for item in shown(operation)
        if item.description in refused
    ]
    return verdict("refused-write-has-no-effect", len(refused), violations)


def deleted_stays_deleted(traces: Traces) -> Verdict:
    """After an acknowledged delete nobody reads the item, and nobody changes it."""
    observations, violations = 0, list[Violation]()
    for trace in traces.items.values():
        deleted = [delete for delete in trace.deletes if delete.acknowledged]
        if not deleted:
            continue
        first = min(deleted, key=lambda delete: delete.returned)
        uses = [read for read in trace.reads if first.before(read.operation)]
        alive = [read.operation for read in uses if read.nonce is not None]
        alive += [
            write.operation
            for write in trace.writes
            if write.operation.acknowledged and first.before(write.operation)
        ]
        observations += len(uses)
        sentence = f"item {trace.item_id} was deleted, and then it was there again"
        violations += [Violation(sentence, (first, one)) for one in alive[:1]]
    return verdict("deleted-stays-deleted", observations, violations)


def bulk_is_atomic(traces: Traces) -> Verdict:
    """No answer shows half of a bulk update, nor do single reads when all is quiet."""
    tries = [one for one in traces.operations if one.kind is Kind.UPDATE_ITEMS]
    if tries and all(one.status in NO_SUCH_METHOD for one in tries):
        return skipped("bulk-is-atomic", f"PATCH /items answers {tries[0].outcome}")
    batch_of, writers = _batches(traces), _bulk_writers(tries)
    observations, violations = 0, list[Violation]()
    for reads in _sights(traces):
        seen = [(item, one) for one in reads for item in shown(one) if item.id in batch_of]
        seen.sort(key=lambda pair: sorted(batch_of[pair[0].id]))
        for _, group in groupby(seen, key=lambda pair: batch_of[pair[0].id]):
            pairs = list(group)
            observations += len(pairs) > 1
            violations += _half(pairs, writers)
    return verdict("bulk-is-atomic", observations, violations)


def _sights(traces: Traces) -> Iterator[list[Operation]]:
    """What shows one moment: a page, or a user's single reads in the audit."""
    for operation in traces.operations:
        if operation.kind is Kind.LIST_ITEMS:
            yield [operation]
    for operations in traces.by_user.values():
        yield [o for o in operations if o.kind is Kind.READ_ITEM and o.phase == AUDIT]


def _batches(traces: Traces) -> dict[str, Batch]:
    """Each item that only ever changes together with the same others, and who those are."""
    batches: dict[str, set[Batch]] = {}
    for operation in traces.operations:
        if operation.kind in UPDATES and not operation.refused:
            ids = frozenset(item_id for item_id, _ in updated(operation))
            for item_id in ids:
                batches.setdefault(item_id, set()).add(ids)
    alone = {item_id: next(iter(sets)) for item_id, sets in batches.items() if len(sets) == 1}
    return {item_id: batch for item_id, batch in alone.items() if batch <= alone.keys()}


def _bulk_writers(tries: Iterable[Operation]) -> dict[str, Operation]:
    return {nonce: one for one in tries for _, nonce in updated(one)}


def _half(
    pairs: list[tuple[Item, Operation]], writers: dict[str, Operation]
) -> Iterator[Violation]:
    nonces = {item.description for item, _ in pairs}
    bulk = [writers[nonce] for nonce in sorted(nonces) if nonce in writers]
    if len(nonces) < 2 or not bulk:
        return
    reads = list(dict.fromkeys(one.invoked for _, one in pairs))
    if len(reads) > 1 and any(one.indeterminate for one in bulk):
        return  # it may have landed between these reads
    by_nonce = {item.description: one for item, one in pairs}
    sentence = f"{len(pairs)} items written together show {len(nonces)} different writes"
    yield Violation(sentence, tuple(distinct([*bulk, *by_nonce.values()])))
