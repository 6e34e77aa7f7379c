"""What the gate finds, in the one form that every engine gives and every report reads."""

from dataclasses import asdict, dataclass
from enum import StrEnum
from pathlib import Path
from typing import Any


class Question(StrEnum):
    """What the gate asks; a rule belongs to one of them."""

    DRIFT = "drift"
    HISTORY = "history"
    SAFETY = "safety"


@dataclass(frozen=True, slots=True)
class Place:
    """Where in a revision something is written."""

    revision: str
    file: Path | None = None
    line: int | None = None


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that is wrong.

    Args:
        rule: the rule's name, which is its page in docs/rules/ and what silences it.
        question: what it answers.
        subject: the object it is about, as `table public.items` or `column public.items.name`;
            a silence names it.
        message: what is wrong, in a sentence.
        place: where it is written; None where no revision is to blame.
        statement: the SQL that did it.
        observed: what Postgres did, a line each: locks, rows read, files rewritten.
        cost: what that means for a table of a given size, where that can be said.
        remedy: the safe way to write it, as Alembic code to paste.
    """

    rule: str
    question: Question
    subject: str
    message: str
    place: Place | None = None
    statement: str | None = None
    observed: tuple[str, ...] = ()
    cost: str | None = None
    remedy: str | None = None

    def to_json(self) -> dict[str, Any]:
        """Return it as a JSON object."""
        members = asdict(self)
        if self.place is not None and self.place.file is not None:
            members["place"]["file"] = str(self.place.file)
        return members
