"""Locks that the app waits for: how they are asked for, and what for."""

import re
from collections.abc import Iterator

from toolbox.gate.finding import Finding
from toolbox.gate.safety import remedies
from toolbox.gate.safety.review import Review, waits
from toolbox.gate.safety.states import BLOCKS_READS, Relation, State
from toolbox.gate.safety.tracing import Step

# A lock that is waited for longer than this stops the app for as long (milliseconds).
PATIENCE = 30_000
LOCKING = re.compile(r"\bLOCK\s+(TABLE\s+)?(ONLY\s+)?[\w\"]", re.IGNORECASE)


def find(review: Review) -> Iterator[Finding]:
    """Yield what is wrong with the strong locks of a revision."""
    yield from _without_timeout(review)
    for steps in review.transactions():
        yield from _several(review, steps)
    for step in review.trace.steps:
        yield from _explicit(review, step)
        yield from _dropped_indexes(review, step)
        yield from _detached(review, step)


def _without_timeout(review: Review) -> Iterator[Finding]:
    for step in review.trace.steps:
        limit = step.before.timeout()
        for oid, mode in review.taken(step).items():
            if 0 < limit <= PATIENCE:
                continue
            waiting = f"for up to {limit / 1000:.0f} s" if limit else "without end"
            yield review.finding(
                "no-lock-timeout",
                review.used[oid].subject,
                f"A lock on {review.used[oid].name} is waited for {waiting}: behind one long "
                "query, all later ones queue up.",
                step,
                observed=(waits(mode), f"lock_timeout = {step.before.settings['lock_timeout']}"),
                remedy=remedies.TIMEOUT,
            )
            return


def _several(review: Review, steps: list[Step]) -> Iterator[Finding]:
    """Yield the lock on a further table that is waited for while one is held."""
    for step in steps:
        held = [one for one in review.held_before(step) if one.relation.kind in "rpm"]
        families = {_family(review, one.relation) for one in held}
        for oid, mode in review.taken(step).items():
            table = review.used[oid]
            if table.kind not in "rpm" or not held or _family(review, table) in families:
                continue
            yield review.finding(
                "several-tables-locked",
                table.subject,
                f"A lock on {table.name} is waited for while one on {held[0].relation.name}, "
                f"taken at line {held[0].step.place.line}, is held: the app waits for both, and a "
                "transaction that locks them in the other order is a deadlock.",
                step,
                observed=(waits(mode), f"held: {held[0].mode} on {held[0].relation.name}"),
                remedy=remedies.SEVERAL,
            )
            return


def _family(review: Review, table: Relation) -> int:
    """Return the topmost table that a partition is part of."""
    while table.partition_of and table.partition_of in review.used:
        table = review.used[table.partition_of]
    return table.oid


def _explicit(review: Review, step: Step) -> Iterator[Finding]:
    if step.tag is not None or not LOCKING.search(step.text or ""):
        return
    for oid, mode in review.taken(step).items():
        table = review.used[oid]
        yield review.finding(
            "explicit-lock",
            table.subject,
            f"{table.name} is locked by hand, and stays so until the transaction ends.",
            step,
            observed=(waits(mode),),
            remedy=remedies.EXPLICIT,
        )


def _dropped_indexes(review: Review, step: Step) -> Iterator[Finding]:
    for oid, index in _gone(review, step):
        table = step.after.relations.get(index.table or 0)
        if table is None or table.oid not in review.strong(step.after):
            continue
        constraint = any(one.index == oid for one in step.before.constraints.values())
        replaced = any(
            one.file == index.file or one.name == index.name
            for one in step.after.relations.values()
        )
        fewer = len(step.after.columns.get(table.oid, ())) < len(
            step.before.columns.get(table.oid, ())
        )
        if constraint or replaced or fewer or index.partition_of:
            continue
        yield review.finding(
            "blocking-index-drop",
            table.subject,
            f"To drop the index {index.name}, reads and writes of {table.name} are made to wait.",
            step,
            observed=(waits(BLOCKS_READS),),
            remedy=remedies.DROP_INDEX.format(
                index=index.name.rpartition(".")[2], table=table.name.rpartition(".")[2]
            ),
        )


def _gone(review: Review, step: Step) -> list[tuple[int, Relation]]:
    return [
        (oid, one)
        for oid, one in step.before.relations.items()
        if one.kind in "iI" and oid in review.first.relations and oid not in step.after.relations
    ]


def _detached(review: Review, step: Step) -> Iterator[Finding]:
    for oid, table in review.tables().items():
        parent = _parent(step.before, oid)
        now = step.after.relations.get(oid)
        if not parent or now is None or now.partition_of or parent not in review.used:
            continue
        if step.after.strong().get(parent) != BLOCKS_READS:
            continue
        yield review.finding(
            "blocking-detach",
            table.subject,
            f"{table.name} is detached while reads and writes of "
            f"{review.used[parent].name} wait; its rows are gone from there.",
            step,
            observed=(waits(BLOCKS_READS),),
            remedy=remedies.DETACH.format(partition=table.name, table=review.used[parent].name),
        )


def _parent(state: State, oid: int) -> int | None:
    one = state.relations.get(oid)
    return one.partition_of if one else None
