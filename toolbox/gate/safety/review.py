"""What the rules judge: the trace of a revision, and which tables the previous app uses."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property

from toolbox.gate.finding import Finding, Question
from toolbox.gate.safety.states import Relation, State
from toolbox.gate.safety.tracing import Step, Trace

# Kinds whose locks an app waits for.
USED = frozenset("rpmvS")
AT_SCALE = 10_000_000


@dataclass(frozen=True)
class Held:
    """A strong lock on something the app uses, and the step that took it."""

    relation: Relation
    mode: str
    step: Step


@dataclass(frozen=True)
class Review:
    """One traced revision.

    Args:
        trace: what was seen.
        rows: how many rows each table had before, by name.
        version_table: where Alembic writes how far it is; the app does not read it.
    """

    trace: Trace
    rows: Mapping[str, int]
    version_table: str = "alembic_version"

    @cached_property
    def first(self) -> State:
        """The state that the revision found."""
        return self.trace.steps[0].before

    @cached_property
    def last(self) -> State:
        """The state that it left."""
        return self.trace.steps[-1].after

    @cached_property
    def used(self) -> dict[int, Relation]:
        """What was there before, so that the previous app may be using it."""
        return {
            oid: one
            for oid, one in self.first.relations.items()
            if one.name.rpartition(".")[2] != self.version_table
        }

    def tables(self) -> dict[int, Relation]:
        """Return the tables and materialized views that are in use."""
        return {oid: one for oid, one in self.used.items() if one.kind in "rpm"}

    def threshold(self, relation: Relation) -> int:
        """Return how many changed rows of a table mean that it would be every row that matters."""
        return max(20, self.rows.get(relation.name, 0) // 20)

    def strong(self, state: State) -> dict[int, str]:
        """Return the strong locks on what is in use; those on an index are its table's."""
        return {
            oid: mode
            for oid, mode in state.strong().items()
            if oid in self.used and self.used[oid].kind in USED
        }

    def taken(self, step: Step) -> dict[int, str]:
        """Return the strong locks that a step took anew."""
        before = self.strong(step.before) if not step.alone else {}
        return {oid: mode for oid, mode in self.strong(step.after).items() if oid not in before}

    def held_before(self, step: Step) -> list[Held]:
        """Return the strong locks that earlier steps of the same transaction took."""
        if step.alone:
            return []
        held: dict[int, Held] = {}
        for earlier in self.trace.steps:
            if earlier is step:
                break
            if earlier.after.transaction == step.before.transaction:
                for oid, mode in self.taken(earlier).items():
                    held.setdefault(oid, Held(self.used[oid], mode, earlier))
        now = self.strong(step.before)
        return [one for oid, one in held.items() if oid in now]

    def transactions(self) -> Iterator[list[Step]]:
        """Yield the steps, transaction by transaction."""
        steps: list[Step] = []
        for step in self.trace.steps:
            if steps and steps[-1].after.transaction != step.after.transaction:
                yield steps
                steps = []
            steps.append(step)
        if steps:
            yield steps

    def finding(
        self,
        rule: str,
        subject: str,
        message: str,
        step: Step,
        *,
        observed: tuple[str, ...] = (),
        cost: str | None = None,
        remedy: str | None = None,
    ) -> Finding:
        """Return a finding of this revision, at a step of it."""
        text = step.text.strip() if step.text else None
        return Finding(
            rule, Question.SAFETY, subject, message, step.place, text, observed, cost, remedy
        )

    def at_scale(self, relation: Relation, what: str) -> str | None:
        """Say how much that is at ten million rows of the width seen here."""
        rows = self.rows.get(relation.name)
        if not rows or not relation.size:
            return None
        amount = relation.size / rows * AT_SCALE / 1e9
        return f"At 10 million rows of this width, {amount:.1f} GB are {what}."


def waits(mode: str) -> str:
    """Say who waits for a lock."""
    who = "reads and writes" if mode == "AccessExclusiveLock" else "writes"
    return f"{mode}: {who} of the table wait"
