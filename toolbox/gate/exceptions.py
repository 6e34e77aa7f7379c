"""Deliberate exceptions: what a revision's author accepts, and why.

They are a list in the revision's module, read without running it:

    check_migrations_accepts = [
        ("table-rewrite", "table public.plans", "40 rows in every deployment"),
    ]

Each silences one rule for one object. One that has no reason, names no rule or is not needed is a
finding itself.
"""

import ast
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from toolbox.gate.finding import Finding, Place, Question
from toolbox.gate.rules import rules

NAME = "check_migrations_accepts"

# What is wrong with what was accepted cannot be accepted in turn.
ABOUT_EXCEPTIONS = frozenset({"outdated-baseline", "unclear-exception", "unused-exception"})


@dataclass(frozen=True, slots=True)
class Accepted:
    """An exception as it stands in a revision."""

    rule: str
    subject: str
    reason: str
    place: Place

    def covers(self, finding: Finding) -> bool:
        """Tell whether it speaks of this finding, which is of its own revision or of none."""
        if finding.place and finding.place.revision != self.place.revision:
            return False
        return (self.rule, self.subject) == (finding.rule, finding.subject)


def is_list(statement: ast.stmt) -> bool:
    """Tell whether a statement of a revision's module is its list of exceptions."""
    match statement:
        case ast.Assign(targets=[ast.Name(id=name)]) | ast.AnnAssign(target=ast.Name(id=name)):
            return name == NAME
    return False


def read(file: Path, revision: str) -> Iterator[Accepted | Finding]:
    """Return the exceptions in a revision's file, and a finding for each that is unclear."""
    for statement in ast.parse(file.read_text()).body:
        if isinstance(statement, ast.Assign | ast.AnnAssign) and is_list(statement):
            listed = statement.value
            entries = listed.elts if isinstance(listed, ast.List | ast.Tuple) else [statement]
            for entry in entries:
                yield _read(entry, Place(revision, file, entry.lineno))


def _read(entry: ast.AST, place: Place) -> Accepted | Finding:
    match entry:
        case ast.Tuple(
            elts=[
                ast.Constant(value=str(rule)),
                ast.Constant(value=str(subject)),
                ast.Constant(value=str(reason)),
            ]
        ):
            if rule not in rules() or rule in ABOUT_EXCEPTIONS:
                return _unclear(subject, f"There is no rule {rule!r} to accept.", place)
            if not reason.strip():
                return _unclear(subject, f"It does not say why {rule} is fine here.", place)
            return Accepted(rule, subject, reason, place)
    return _unclear(NAME, "It is not written out as (rule, object, reason), each a string.", place)


def _unclear(subject: str, message: str, place: Place) -> Finding:
    return Finding("unclear-exception", Question.HISTORY, subject, message, place)


def apply(
    findings: Iterable[Finding],
    accepted: Iterable[Accepted],
    was_judged: Callable[[str, str | None], bool],
) -> tuple[list[Finding], list[tuple[Finding, Accepted]]]:
    """Part the findings in those that stand and those that are accepted, each with its exception.

    An exception that nothing needs stands as a finding, unless its rule was not judged in its
    revision: `was_judged` tells, of a rule's and a revision's name.
    """
    standing: list[Finding] = []
    covered: list[tuple[Finding, Accepted]] = []
    known = list(accepted)
    for finding in findings:
        cover = next((each for each in known if each.covers(finding)), None)
        if cover is None:
            standing.append(finding)
        else:
            covered.append((finding, cover))
    needed = {cover for _, cover in covered}
    unused = [
        _unused(each)
        for each in known
        if each not in needed and was_judged(each.rule, each.place.revision)
    ]
    return [*standing, *unused], covered


def _unused(exception: Accepted) -> Finding:
    return Finding(
        "unused-exception",
        Question.HISTORY,
        exception.subject,
        f"Nothing found here is {exception.rule}: the exception is not needed.",
        exception.place,
    )
