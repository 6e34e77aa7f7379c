"""Every write that the load sent, and what it was told of it."""

import json
import secrets
from dataclasses import dataclass, field
from enum import StrEnum

from toolbox.resilience.connection import Answer

ACTED = 201


class Fate(StrEnum):
    """What a client knows of its write."""

    UNKNOWN = "unknown"
    """It may have been made: nothing was answered, or that its outcome is unknown."""
    ACKNOWLEDGED = "acknowledged"
    DENIED = "denied"
    """It was not made, says the answer; or it was never sent."""


@dataclass
class Write:
    """An item that somebody makes, whose name no other has."""

    name: str
    key: str | None = None
    """Its Idempotency-Key."""
    fate: Fate = Fate.UNKNOWN
    repeats: int = 0
    """How often it was sent again."""
    refused_again: bool = False
    """Whether it was refused when it was sent again, as one that came before."""
    said: str = "nothing"
    """The last thing that was answered."""

    @property
    def body(self) -> str:
        """The item, which has its name in its description too: that need not be unique."""
        return json.dumps({"name": self.name, "description": self.name})

    def hear(self, answer: Answer) -> None:
        """Take what was answered."""
        self.said = f"{answer.status} {answer.body[:120].decode(errors='replace')}"
        is_refused = 400 <= answer.status < 500
        if answer.status == ACTED:
            self.fate = Fate.ACKNOWLEDGED
        elif self.repeats:  # what is said of this attempt says nothing of the first
            self.refused_again = is_refused
        elif is_refused or _denies(answer):
            self.fate = Fate.DENIED

    def was_not_sent(self) -> None:
        """Take that there was no connection to send it on."""
        self.fate = Fate.DENIED
        self.said = "refused"


def _denies(answer: Answer) -> bool:
    """Tell whether a 503 says that nothing was changed, as `outcome-unknown` does not."""
    try:
        kind = str(json.loads(answer.body)["type"])
    except (ValueError, KeyError, TypeError):
        return False
    return answer.status == 503 and not kind.endswith("/outcome-unknown")


@dataclass
class Ledger:
    """All writes of one run, whose names begin alike."""

    run: str = field(default_factory=lambda: f"resilience-{secrets.token_hex(4)}")
    writes: list[Write] = field(default_factory=list)

    def new(self, *, keyed: bool = False) -> Write:
        """Note a write before it is sent."""
        number = len(self.writes)
        key = f"{self.run}-key-{number}" if keyed else None
        self.writes.append(Write(f"{self.run}-{number}", key))
        return self.writes[-1]
