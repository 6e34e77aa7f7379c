"""What a revision leaves behind, or switches off, at tables in use."""

from collections.abc import Iterator

from toolbox.gate.finding import Finding
from toolbox.gate.safety import remedies, safe_way
from toolbox.gate.safety.review import Review
from toolbox.gate.safety.states import Relation
from toolbox.gate.safety.tracing import Step

FIRES = "OA"  # in an ordinary session: by origin, or always
REPLICA_IDENTITIES = {"d": "the default", "n": "NOTHING", "f": "FULL", "i": "an index"}


def find(review: Review) -> Iterator[Finding]:
    """Yield invalid indexes, triggers, replica identities and sequences that changed."""
    yield from _invalid(review)
    for step in review.trace.steps:
        yield from _triggers(review, step)
        if _of(step.before.settings) != "replica" == _of(step.after.settings):
            yield _off(review, step, "all triggers and foreign keys", "database")
        for oid in review.used:
            then, now = step.before.relations.get(oid), step.after.relations.get(oid)
            if then and now:
                yield from _changed(review, step, then, now)


def _of(settings: dict[str, str]) -> str:
    return settings["session_replication_role"]


def _invalid(review: Review) -> Iterator[Finding]:
    for oid, index in review.last.relations.items():
        was = review.first.relations.get(oid)
        if index.kind != "i" or index.valid or (was and not was.valid):
            continue
        table = review.last.relations.get(index.table or 0)
        if table is None:
            continue
        yield review.finding(
            "invalid-index-left",
            index.subject,
            f"{index.name} is left invalid: it costs every write of {table.name}, and no query "
            "uses it.",
            review.trace.steps[-1],
            remedy=safe_way.replace_invalid(index),
        )


def _triggers(review: Review, step: Step) -> Iterator[Finding]:
    for oid, trigger in step.after.triggers.items():
        table = review.used.get(trigger.table)
        if table is None:
            continue
        before = step.before.triggers.get(oid)
        if before is None:
            if not any(t.name == trigger.name for t in step.before.triggers.values()):
                yield _new_trigger(review, step, table, trigger.name)
        elif before.enabled in FIRES and trigger.enabled not in FIRES:
            yield _off(review, step, f"the trigger {trigger.name}", table.subject)


def _new_trigger(review: Review, step: Step, table: Relation, name: str) -> Finding:
    return review.finding(
        "trigger-added",
        table.subject,
        f"From now on the trigger {name} runs within the previous app's writes of {table.name}, "
        "which was never tested with it.",
        step,
        remedy=remedies.TRIGGER.format(table=table.name.rpartition(".")[2]),
    )


def _off(review: Review, step: Step, what: str, subject: str) -> Finding:
    return review.finding(
        "triggers-disabled",
        subject,
        f"While {what} are off, what the app relies on them for does not happen."
        if what.startswith("all")
        else f"While {what} is off, what the app relies on it for does not happen.",
        step,
        remedy=remedies.TRIGGERS_OFF,
    )


def _changed(review: Review, step: Step, then: Relation, now: Relation) -> Iterator[Finding]:
    if then.replica_identity != now.replica_identity:
        yield review.finding(
            "replica-identity-changed",
            now.subject,
            f"Updates and deletes of {now.name} are replicated by "
            f"{REPLICA_IDENTITIES[now.replica_identity]} from now on: subscribers may refuse "
            "them, or the log grows by whole rows.",
            step,
            remedy=remedies.REPLICA_IDENTITY,
        )
    if then.sequence_type != now.sequence_type:
        yield review.finding(
            "sequence-type-changed",
            now.subject,
            f"{now.name} changes from {then.sequence_type} to {now.sequence_type}: it is written "
            "anew while nextval waits, and its column may not have room for what it gives.",
            step,
            remedy=remedies.SEQUENCE.format(sequence=now.name),
        )
