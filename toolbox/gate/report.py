"""What one run of the gate found, from which every format is made."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from itertools import groupby
from pathlib import Path

from toolbox.gate.exceptions import ABOUT_EXCEPTIONS, Accepted
from toolbox.gate.finding import Finding, Place
from toolbox.gate.rules import Question

ASKED = {
    Question.DRIFT: "do the models and the migrations say the same?",
    Question.HISTORY: "is the history sound?",
    Question.SAFETY: "can each new revision be deployed while the previous app serves?",
}

# The exit code of a run is the sum of those of the questions with findings. 1 is any other failure
# and 2 a wrong command line, as everywhere in the toolbox.
EXIT_CODES = {Question.DRIFT: 4, Question.HISTORY: 8, Question.SAFETY: 16}


@dataclass(frozen=True, slots=True)
class Answer:
    """What is to be said to one question.

    Args:
        question: which one.
        findings: what speaks against it, without what was accepted.
        not_judged: why it was not asked, if so.
        notes: what is worth knowing, and no fault.
        seconds: what it took.
    """

    question: Question
    findings: tuple[Finding, ...] = ()
    not_judged: str | None = None
    notes: tuple[str, ...] = ()
    seconds: float = 0.0


@dataclass(frozen=True, slots=True)
class AlembicCheck:
    """What `alembic check` says of the same project.

    Args:
        differences: what it found, a line each.
        crashed: why it could say nothing, if so.
    """

    differences: tuple[str, ...] = ()
    crashed: str | None = None

    def __str__(self) -> str:
        """Say it in a few words."""
        if self.crashed:
            return f"cannot tell: {self.crashed}"
        count = len(self.differences)
        return f"{count} difference{'s' * (count != 1)}" if count else "no differences"


@dataclass(frozen=True, slots=True)
class Revision:
    """A revision as a report names it."""

    id: str
    title: str
    file: Path
    is_new: bool


@dataclass(frozen=True)
class Report:
    """All that one run found.

    Args:
        project: the path of its alembic.ini.
        postgres: the server's version, as "18.6".
        revisions: all there are, each after those that it builds on.
        scope: which of them are new and why, in a few words.
        answers: one a question, in their order.
        accepted: what a revision's author accepted, each with the exception that says why.
        in_baseline: what the baseline accepts.
        alembic_check: what `alembic check` says.
        seconds: what the whole run took.
    """

    project: Path
    postgres: str
    revisions: Sequence[Revision]
    scope: str
    answers: Mapping[Question, Answer]
    accepted: Sequence[tuple[Finding, Accepted]] = ()
    in_baseline: Sequence[Finding] = ()
    alembic_check: AlembicCheck = field(default_factory=AlembicCheck)
    seconds: float = 0.0

    @property
    def findings(self) -> list[Finding]:
        """All findings, question by question."""
        return [finding for answer in self.answers.values() for finding in answer.findings]

    @property
    def exit_code(self) -> int:
        """The sum of EXIT_CODES of the questions with findings."""
        return sum(EXIT_CODES[each.question] for each in self.answers.values() if each.findings)

    @property
    def about(self) -> str:
        """What was judged, in a few words."""
        count = len(self.revisions)
        return f"{count} revision{'s' * (count != 1)}, {self.scope}, Postgres {self.postgres}"

    @property
    def notes(self) -> list[str]:
        """All that is worth knowing, and no fault."""
        return [note for answer in self.answers.values() for note in answer.notes]

    def by_revision(self) -> list[tuple[Revision | None, list[Finding]]]:
        """Group the findings by revision, those that none is to blame for first."""
        order = {revision.id: number for number, revision in enumerate(self.revisions)}

        def key(finding: Finding) -> int:
            return order.get(finding.place.revision, -1) if finding.place else -1

        return [
            (self.revisions[number] if number >= 0 else None, [*group])
            for number, group in groupby(sorted(self.findings, key=key), key)
        ]


def where(place: Place | None) -> str:
    """Return a place as `file:line`, as short as it can be written from here."""
    if place is None or place.file is None:
        return ""
    return f"{shown(place.file)}:{place.line}" if place.line else shown(place.file)


def shown(file: Path) -> str:
    """Return a path relative to the working directory, if it is within."""
    absolute = file.absolute()
    here = Path.cwd()
    return str(absolute.relative_to(here) if absolute.is_relative_to(here) else absolute)


def exception_for(finding: Finding) -> str | None:
    """Return the line that accepts a finding, if it can be accepted."""
    if finding.rule in ABOUT_EXCEPTIONS:
        return None
    return f'("{finding.rule}", "{finding.subject}", "why it is fine here"),'
