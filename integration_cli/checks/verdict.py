"""What a check says: an invariant held, or these few operations show that it did not.

The records at the end of a run: reports render these, and nothing else.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import Any

from integration_cli.operation import Operation
from integration_cli.outcome import Exit, worst

KEPT = 5  # findings of an invariant that are kept: the shortest ones


class State(StrEnum):
    """How an invariant came out."""

    HELD = "held"
    VIOLATED = "violated"
    SKIPPED = "skipped"
    INCONCLUSIVE = "inconclusive"


@dataclass(frozen=True, slots=True)
class Finding:
    """A counterexample: one sentence, the fewest operations that show it, and how to replay it.

    `curl` has a line for each operation, and before them those that get the tokens they name; a
    check leaves it empty, and the judge fills it in.
    """

    sentence: str
    operations: tuple[Operation, ...]
    curl: tuple[str, ...] = ()

    def to_json(self) -> dict[str, Any]:
        """A JSON object."""
        return {
            "sentence": self.sentence,
            "operations": [one.to_json() for one in self.operations],
            "curl": list(self.curl),
        }


@dataclass(slots=True)
class Seen:
    """What a check saw: on how many occasions, and what was wrong on some of them.

    `doubt` says why nothing can be concluded where nothing was wrong.
    """

    observations: int = 0
    findings: list[Finding] = field(default_factory=list)
    doubt: str = ""

    def find(self, sentence: str, *operations: Operation) -> None:
        """Add a counterexample."""
        self.findings.append(Finding(sentence, operations))


@dataclass(frozen=True, slots=True)
class Verdict:
    """One invariant's outcome.

    `observations` counts the occasions on which it could have failed, for a race the windows in
    which it was tried; `violations` on how many of them it did: together they say how often a
    fault comes back. `findings` are a few of those. `reason` says why a verdict is skipped or
    inconclusive, or what was seen beside.
    """

    invariant: str
    state: State
    observations: int
    violations: int = 0
    findings: tuple[Finding, ...] = ()
    reason: str = ""

    @property
    def rate(self) -> float:
        """The share of the occasions on which the fault showed."""
        return self.violations / self.observations if self.observations else 0.0

    def to_json(self) -> dict[str, Any]:
        """A JSON object."""
        return {
            "invariant": self.invariant,
            "state": str(self.state),
            "observations": self.observations,
            "violations": self.violations,
            "rate": self.rate,
            "reason": self.reason,
            "findings": [one.to_json() for one in self.findings],
        }


def verdict(invariant: str, seen: Seen) -> Verdict:
    """Weigh what a check saw.

    A violation stands whatever else is in doubt. Without one, a doubt or no occasion at all is
    inconclusive: what was not observed has not held.
    """
    if seen.findings:
        shortest = sorted(seen.findings, key=lambda finding: len(finding.operations))[:KEPT]
        occasions, times = max(seen.observations, len(seen.findings)), len(seen.findings)
        return Verdict(invariant, State.VIOLATED, occasions, times, tuple(shortest), seen.doubt)
    if seen.doubt or not seen.observations:
        reason = seen.doubt or "nothing to observe"
        return Verdict(invariant, State.INCONCLUSIVE, seen.observations, reason=reason)
    return Verdict(invariant, State.HELD, seen.observations)


def skipped(invariant: str, reason: str) -> Verdict:
    """The target lacks what the invariant is about, or the run did not look."""
    return Verdict(invariant, State.SKIPPED, 0, reason=reason)


def curtailed(found: Verdict, reason: str) -> Verdict:
    """The verdict of a run that stopped early: what held as far as it went is not known to hold."""
    if found.state not in {State.HELD, State.INCONCLUSIVE}:
        return found
    return replace(found, state=State.INCONCLUSIVE, reason=reason)


def exit_code(verdicts: Sequence[Verdict]) -> Exit:
    """The exit code of a run; a skipped invariant does not fail it."""
    codes = {State.VIOLATED: Exit.VIOLATED, State.INCONCLUSIVE: Exit.INCONCLUSIVE}
    return worst(codes.get(one.state, Exit.HELD) for one in verdicts)
