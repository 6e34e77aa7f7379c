"""What a check says: an invariant held, or these few operations show that it did not."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from integration_cli.operation import Operation
from integration_cli.outcome import Exit, worst


class State(StrEnum):
    """How an invariant came out."""

    HELD = "held"
    VIOLATED = "violated"
    SKIPPED = "skipped"
    INCONCLUSIVE = "inconclusive"


@dataclass(frozen=True, slots=True)
class Violation:
    """A counterexample: one sentence, and the fewest operations that show it."""

    sentence: str
    operations: tuple[Operation, ...]


@dataclass(frozen=True, slots=True)
class Verdict:
    """One invariant's outcome. `observations` counts the occasions on which it could have failed.

    `note` says why a verdict is skipped or inconclusive.
    """

    invariant: str
    state: State
    observations: int
    violations: tuple[Violation, ...] = ()
    note: str = ""


def verdict(
    invariant: str, observations: int, violations: Sequence[Violation], doubt: str = ""
) -> Verdict:
    """Weigh what a check saw.

    A violation stands whatever else is in doubt. Without one, a doubt or no occasion at all is
    inconclusive: what was not observed has not held.
    """
    if violations:
        state = State.VIOLATED
    elif doubt or not observations:
        state, doubt = State.INCONCLUSIVE, doubt or "nothing to observe"
    else:
        state = State.HELD
    return Verdict(invariant, state, observations, tuple(violations), doubt)


def skipped(invariant: str, note: str) -> Verdict:
    """The target lacks what the invariant is about."""
    return Verdict(invariant, State.SKIPPED, 0, (), note)


def exit_code(verdicts: Sequence[Verdict]) -> Exit:
    """The exit code of a run; a skipped invariant does not fail it."""
    codes = {State.VIOLATED: Exit.VIOLATED, State.INCONCLUSIVE: Exit.INCONCLUSIVE}
    return worst(codes.get(one.state, Exit.HELD) for one in verdicts)
