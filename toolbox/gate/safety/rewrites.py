"""Tables that are written anew, and emptied ones."""

from collections.abc import Iterator

from toolbox.gate.finding import Finding
from toolbox.gate.safety import remedies
from toolbox.gate.safety.review import Review, waits
from toolbox.gate.safety.states import BLOCKS_READS, Column, Relation, State
from toolbox.gate.safety.tracing import Step


def find(review: Review) -> Iterator[Finding]:
    """Yield what was rewritten, refreshed or truncated while it is in use."""
    for step in review.trace.steps:
        for oid, table in review.tables().items():
            before, after = step.before.relations.get(oid), step.after.relations.get(oid)
            if before and after and before.file != after.file:
                if before.size and not after.size:
                    yield _emptied(review, step, table)
                elif table.kind == "m":
                    yield _refreshed(review, step, table)
                else:
                    yield _rewritten(review, step, before, after)


def rewritten(step: Step, oid: int) -> bool:
    """Tell whether a step gave a relation another file."""
    before, after = step.before.relations.get(oid), step.after.relations.get(oid)
    return bool(before and after and before.file != after.file)


def _rewritten(review: Review, step: Step, before: Relation, after: Relation) -> Finding:
    why = _reason(step.before, step.after, before, after)
    return review.finding(
        "table-rewrite",
        before.subject,
        f"{before.name} is written anew, with all its indexes, and nobody can read it "
        f"until the transaction ends: {why}.",
        step,
        observed=(f"file {before.file} became {after.file}", waits(BLOCKS_READS)),
        cost=review.at_scale(before, "written, and its indexes built, while the app waits"),
        remedy=remedies.REWRITE.format(table=before.name.rpartition(".")[2]),
    )


def _reason(then: State, now: State, before: Relation, after: Relation) -> str:
    if before.persistence != after.persistence:
        return f"it becomes {'unlogged' if after.persistence == 'u' else 'logged'}"
    if before.access_method != after.access_method:
        return "it gets another access method"
    if before.tablespace != after.tablespace:
        return "it is moved to another tablespace"
    changed = _changed_columns(then.columns.get(before.oid, {}), now.columns.get(before.oid, {}))
    return changed or "VACUUM FULL, CLUSTER, or an expression that is worked out for each row"


def _changed_columns(old: dict[str, Column], new: dict[str, Column]) -> str | None:
    for name, column in new.items():
        if name not in old:
            what = "a stored generated column" if column.generated == "s" else "a column"
            return f"{name} is {what} whose value has to be worked out for each row"
        if old[name].type != column.type:
            return f"{name} changes from {old[name].type} to {column.type}"
        if old[name].generated != column.generated:
            return f"the expression of {name} changes"
    return None


def _emptied(review: Review, step: Step, table: Relation) -> Finding:
    return review.finding(
        "table-truncated",
        table.subject,
        f"{table.name} loses all its rows, which the previous app still reads.",
        step,
        observed=(f"{table.size} bytes became 0", waits(BLOCKS_READS)),
        remedy=remedies.TRUNCATE.format(table=table.name.rpartition(".")[2]),
    )


def _refreshed(review: Review, step: Step, view: Relation) -> Finding:
    return review.finding(
        "blocking-refresh",
        view.subject,
        f"{view.name} is computed anew, and nobody can read it until the transaction ends.",
        step,
        observed=(waits(BLOCKS_READS),),
        remedy=remedies.REFRESH.format(view=view.name),
    )
