"""What the gate finds, in the one form that every engine gives and every report reads."""

from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from toolbox.gate.rules import Question, rule

__all__ = ["Finding", "Place", "Question"]


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
        rule: the rule's name, which is its page in docs/rules/ and what an exception names.
        question: what it answers.
        subject: the object it is about, as `table public.items` or `column public.items.name`;
            an exception names it too.
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

    def __post_init__(self) -> None:
        """Refuse a rule that nothing explains.

        Raises:
            ToolboxError: the rule has no page.
            ValueError: its page says that it answers another question.
        """
        declared = rule(self.rule)
        if declared.question is not self.question:
            raise ValueError(f"{declared.page.name} says that it is about {declared.question}.")

    def to_json(self) -> dict[str, Any]:
        """Return it as a JSON object."""
        members = asdict(self)
        if self.place is not None and self.place.file is not None:
            members["place"]["file"] = str(self.place.file)
        return members
