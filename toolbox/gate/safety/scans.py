"""Work whose time grows with a table, while somebody waits for a lock."""

from collections.abc import Iterator

from toolbox.gate.finding import Finding
from toolbox.gate.safety import remedies, safe_way
from toolbox.gate.safety.review import Held, Review, waits
from toolbox.gate.safety.rewrites import rewritten
from toolbox.gate.safety.states import Constraint, Relation
from toolbox.gate.safety.tracing import Step

CONSTRAINTS = {
    "c": "check",
    "f": "foreign key",
    "n": "NOT NULL",
    "p": "primary key",
    "u": "unique constraint",
    "x": "exclusion constraint",
}


def find(review: Review) -> Iterator[Finding]:
    """Yield index builds and scans while writes wait, and any long work under earlier locks."""
    for step in review.trace.steps:
        built = _built(review, step)
        for index, table in built:
            yield _index_build(review, step, index, table)
        if held := review.held_before(step):
            yield from _under_lock(review, step, held[0], built)
        yield from _scans(review, step, {table.oid for _, table in built})


def _built(review: Review, step: Step) -> list[tuple[Relation, Relation]]:
    """Return the indexes that a step built on a table whose writes waited, each with the table."""
    files = {one.file for one in step.before.relations.values()}
    found = []
    for index in step.after.relations.values():
        table = review.used.get(index.table or 0)
        is_new = index.kind == "i" and index.file not in files
        if table is None or not is_new or rewritten(step, table.oid):
            continue
        if table.oid in review.strong(step.after):
            found.append((index, table))
    return found


def _index_build(review: Review, step: Step, index: Relation, table: Relation) -> Finding:
    constraint = next((c for c in step.after.constraints.values() if c.index == index.oid), None)
    kind = CONSTRAINTS[constraint.kind] if constraint and constraint.kind in "pux" else None
    again = index.oid in step.before.relations
    what = f"The index {index.name} of {table.name} is {'rebuilt' if again else 'built'}"
    duplicates = " It fails if there are duplicates." if kind or "UNIQUE" in _sql(step) else ""
    return review.finding(
        "blocking-index-build",
        table.subject,
        f"{what}{f' for a {kind}' if kind else ''} while writes of the table wait.{duplicates}",
        step,
        observed=(waits(review.strong(step.after)[table.oid]),),
        cost=review.at_scale(table, "read and sorted while the app waits"),
        remedy=(
            safe_way.constrain(index, table, constraint)
            if constraint and kind
            else safe_way.rebuild(index)
            if again
            else safe_way.build(index)
        ),
    )


def _sql(step: Step) -> str:
    return (step.text or "").upper()


def _scans(review: Review, step: Step, built: set[int]) -> Iterator[Finding]:
    """Yield the tables that a step read whole under a lock that it took itself."""
    taken = review.taken(step)
    for oid, mode in taken.items():
        table = review.used[oid]
        done = step.done(oid)
        # Nobody writes to a materialized view: what is read is its own refresh.
        if oid in built or rewritten(step, oid) or not done.scans or done.changed:
            continue
        if table.kind == "m":
            continue
        reason, remedy = _reason(step, table)
        if reason is None:
            continue
        yield review.finding(
            "blocking-scan",
            table.subject,
            f"All rows of {table.name} are read while a lock is held: {reason}.",
            step,
            observed=(f"{done.scans} scans, {done.read} rows read", waits(mode)),
            cost=review.at_scale(table, "read while the app waits"),
            remedy=remedy or remedies.SCAN.format(table=table.name),
        )


def _reason(step: Step, table: Relation) -> tuple[str | None, str | None]:
    """Say what a table was read for, and the safe way if it is sure.

    Nothing, if it was only looked up for another, new one.
    """
    new = [c for c in step.after.constraints.values() if _is_new(step, c)]
    for constraint in new:
        if constraint.table == table.oid:
            what = f"{CONSTRAINTS.get(constraint.kind, 'constraint')} {constraint.name}"
            return what, safe_way.validate(table, constraint) if constraint.kind in "cfn" else None
    if referring := [c for c in new if c.referenced == table.oid]:
        if not any(step.done(c.table).read for c in referring):
            return None, None
        there = step.after.relations[referring[0].table]
        return "a foreign key to it is checked", safe_way.validate(there, referring[0])
    then, now = (s.columns.get(table.oid, {}) for s in (step.before, step.after))
    for name, column in now.items():
        if name in then and column.not_null and not then[name].not_null:
            return f"{name} becomes NOT NULL", safe_way.prove_not_null(table, column)
    partition = step.after.relations.get(table.oid)
    if partition and partition.partition_of and table.partition_of != partition.partition_of:
        return "it becomes a partition, and no constraint proves that its rows belong there", None
    return "what the command demands is checked row by row", None


def _is_new(step: Step, constraint: Constraint) -> bool:
    old = step.before.constraints.get(constraint.oid)
    return constraint.validated and (old is None or not old.validated)


def _under_lock(
    review: Review, step: Step, held: Held, built: list[tuple[Relation, Relation]]
) -> Iterator[Finding]:
    """Yield the long work of a step, under a lock that an earlier one took."""
    work = [f"the index {index.name} is built" for index, _ in built]
    for oid, table in review.tables().items():
        done = step.done(oid)
        if rewritten(step, oid):
            work.append(f"{table.name} is written anew")
        elif done.changed >= review.threshold(table):
            work.append(f"{done.changed} rows of {table.name} are changed")
        elif done.read >= max(review.rows.get(table.name, 0) // 2, 1) and done.scans:
            work.append(f"{table.name} is read whole")
    if work:
        yield review.finding(
            "work-under-lock",
            held.relation.subject,
            f"While a lock on {held.relation.name}, taken at line {held.step.place.line}, "
            f"is held: {', '.join(work)}.",
            step,
            observed=(waits(held.mode),),
            remedy=remedies.UNDER_LOCK,
        )
