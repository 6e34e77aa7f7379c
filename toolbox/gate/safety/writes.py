"""Writes that grow with the table, in one transaction."""

import re
from collections.abc import Iterator

from toolbox.gate.finding import Finding
from toolbox.gate.safety import remedies
from toolbox.gate.safety.review import Review
from toolbox.gate.safety.states import Done, Relation
from toolbox.gate.safety.tracing import Step

# What bounds a statement to a part of the table, when it is a transaction of its own.
BOUNDED = re.compile(
    r"\b(LIMIT|FETCH\s+(FIRST|NEXT)|BETWEEN|ctid)\b|[<>]=?\s*(%|\$|:)", re.IGNORECASE
)
UNKEYED = re.compile(r"\b(UPDATE|DELETE\s+FROM)\b", re.IGNORECASE)

LOCKING = re.compile(r"\bFOR\s+(NO\s+KEY\s+UPDATE|UPDATE|(KEY\s+)?SHARE)\b", re.IGNORECASE)

LOCKED = "they stay locked until it ends, and the app's writes of them wait"
MISSED = "what the app writes meanwhile is missed, and nothing can be vacuumed until it ends"


def find(review: Review) -> Iterator[Finding]:
    """Yield the tables of which a transaction changes as many rows as there are."""
    for steps in review.transactions():
        for oid, table in review.tables().items():
            total = [(step, step.done(oid)) for step in steps]
            step, most = max(total, key=lambda pair: pair[1].changed)
            changed = sum(done.changed for _, done in total)
            unkeyed = next((s for s, done in total if _is_unkeyed(review, s, table, done)), None)
            if changed >= review.threshold(table) and not _is_batch(steps):
                yield _large(review, step, table, f"{changed} of its rows")
            elif unkeyed and not most.changed and not _is_batch(steps):
                yield _large(review, unkeyed, table, "as many rows as match, found by reading all,")
        yield from _copies(review, steps)
        yield from _locked(review, steps)
    yield from _alone(review)


def _locked(review: Review, steps: list[Step]) -> Iterator[Finding]:
    """Yield the tables of which a SELECT locks the rows."""
    for step in steps:
        for oid, table in review.tables().items():
            many = step.done(oid).read >= review.threshold(table)
            if many and LOCKING.search(step.text or "") and not _is_batch(steps):
                yield _finding(review, step, table, f"One transaction locks rows of {table.name}")


def _is_batch(steps: list[Step]) -> bool:
    """Tell whether it is one of several bounded transactions, as a backfill should be."""
    texts = [step.text or "" for step in steps if UNKEYED.search(step.text or "")]
    return len(texts) == 1 and bool(BOUNDED.search(texts[0]))


def _is_unkeyed(review: Review, step: Step, table: Relation, done: Done) -> bool:
    """Tell whether an UPDATE or DELETE looked for its rows in the whole table, and found none."""
    rows = review.rows.get(table.name, 0)
    names = (table.name, table.name.rpartition(".")[2])
    target = UNKEYED.search(step.text or "")
    return bool(
        target
        and step.tag is None
        and done.scans
        and rows
        and done.read >= rows
        and re.match(
            rf"\s+(ONLY\s+)?({'|'.join(map(re.escape, names))})\b",
            (step.text or "")[target.end() :],
            re.IGNORECASE,
        )
    )


def _copies(review: Review, steps: list[Step]) -> Iterator[Finding]:
    """Yield the tables that are filled from another one."""
    for step in steps:
        read = [
            table
            for oid, table in review.tables().items()
            if step.done(oid).read >= max(review.threshold(table), 1)
        ]
        for oid, target in step.after.relations.items():
            filled = step.done(oid).inserted if target.kind == "r" else 0
            if not read or filled < review.threshold(read[0]) or _is_batch(steps):
                continue
            what = f"One transaction copies {filled} rows from {read[0].name} into {target.name}"
            yield _finding(review, step, target, what, MISSED)


def _alone(review: Review) -> Iterator[Finding]:
    """Yield large statements in autocommit, whose counters may have been sent meanwhile."""
    for step in review.trace.steps:
        text = step.text or ""
        target = re.match(
            r"\s*(?:UPDATE|DELETE\s+FROM)\s+(?:ONLY\s+)?([\w.\"]+)", text, re.IGNORECASE
        )
        if not step.alone or not target or BOUNDED.search(text):
            continue
        name = target[1].replace('"', "")
        for table in review.tables().values():
            known = {table.name, table.name.rpartition(".")[2]}
            if name in known and step.rows >= review.threshold(table):
                yield _large(review, step, table, f"{step.rows} of its rows")


def _large(review: Review, step: Step, table: Relation, what: str) -> Finding:
    return _finding(review, step, table, f"One transaction writes {what} of {table.name}")


def _finding(review: Review, step: Step, table: Relation, what: str, why: str = LOCKED) -> Finding:
    return review.finding(
        "large-write",
        table.subject,
        f"{what}: {why}.",
        step,
        observed=(f"{review.rows.get(table.name, 0)} rows were there",),
        remedy=remedies.BACKFILL.format(table=table.name.rpartition(".")[2]),
    )
