"""What a look at one thing came to."""

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum


class State(StrEnum):
    """How a thing is."""

    WELL = "well"
    NOTE = "note"  # not wrong, but good to know
    FAULT = "fault"


@dataclass(frozen=True, slots=True)
class Diagnosis:
    """One thing that was looked at.

    Attributes:
        what: the thing, in a word or two.
        state: how it is.
        sentence: what was found.
        mend: the command that mends it, if one does.
        fix: does so, where that loses nothing; returns what it did.
    """

    what: str
    state: State
    sentence: str
    mend: str | None = None
    fix: Callable[[], str] | None = None

    def to_json(self) -> dict[str, object]:
        """Return it as a JSON object."""
        return {
            "what": self.what,
            "state": self.state,
            "sentence": self.sentence,
            "mend": self.mend,
            "can_be_fixed": self.fix is not None,
        }


def well(what: str, sentence: str) -> Diagnosis:
    """Say that a thing is as it should be."""
    return Diagnosis(what, State.WELL, sentence)


def note(what: str, sentence: str, mend: str | None = None) -> Diagnosis:
    """Say what is good to know of a thing."""
    return Diagnosis(what, State.NOTE, sentence, mend)


def fault(
    what: str, sentence: str, mend: str | None = None, fix: Callable[[], str] | None = None
) -> Diagnosis:
    """Say what is wrong with a thing."""
    return Diagnosis(what, State.FAULT, sentence, mend, fix)
