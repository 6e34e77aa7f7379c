"""One run of the gate: the three questions, one after the other, and what comes of them."""

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import chain
from pathlib import Path
from typing import NamedTuple

from alembic.script import Script
from sqlalchemy.exc import SQLAlchemyError

from toolbox.databases import Throwaways
from toolbox.errors import ToolboxError
from toolbox.gate import baseline, exceptions
from toolbox.gate.exceptions import Accepted
from toolbox.gate.finding import Finding, Question
from toolbox.gate.project import Project
from toolbox.gate.report import AlembicCheck, Answer, Report, Revision
from toolbox.gate.rules import rule
from toolbox.gate.scope import Scope


@dataclass(frozen=True, slots=True)
class Case:
    """What an engine is asked about.

    Args:
        project: whose models and revisions.
        databases: makes throwaway databases.
        new: the revisions that are not deployed yet, each after those that it builds on.
        against: the branch that is deployed; by default the main one.
    """

    project: Project
    databases: Throwaways
    new: Sequence[Script]
    against: str | None = None


class Found(NamedTuple):
    """What an engine found, and what is worth knowing besides and no fault."""

    findings: Sequence[Finding]
    notes: Sequence[str] = ()


Engine = Callable[[Case], Found]
Engines = Mapping[Question, Engine]

# A history that does not run says so best itself; the others only fail at it.
ORDER = (Question.HISTORY, Question.DRIFT, Question.SAFETY)


def run(case: Case, scope: Scope, engines: Engines) -> Report:
    """Ask all questions; what a revision's author accepted is not among the findings.

    Raises:
        ToolboxError: something else than the project is wrong.
    """
    began = time.monotonic()
    asked: dict[Question, Answer] = {}
    for question in ORDER:
        asked[question] = _ask(question, engines[question], case, scope, asked)
    asked = _told_once(asked)
    check = _alembic_check(case)
    scripts = _loadable(case.project)
    report = Report(
        project=case.project.config_file,
        postgres=case.databases.server_version,
        revisions=[_revision(each, case.new) for each in scripts],
        scope=scope.words,
        answers={question: asked[question] for question in Question},
        alembic_check=check,
        seconds=time.monotonic() - began,
    )
    return _without_accepted(report, scripts)


def _ask(
    question: Question, engine: Engine, case: Case, scope: Scope, asked: Mapping[Question, Answer]
) -> Answer:
    """Ask one question, unless it makes no sense to."""
    if question is Question.SAFETY and not case.new:
        return Answer(question, not_judged=scope.unknown or "no revision is new")
    began = time.monotonic()
    try:
        found = engine(case)
    except Exception as exc:  # a revision may raise anything, which the history then tells
        history = asked.get(Question.HISTORY)
        if history and history.findings:
            return Answer(question, not_judged="the history must be mended first")
        if isinstance(exc, SQLAlchemyError):
            raise ToolboxError(f"The {question} cannot be judged: {exc}") from exc
        raise
    return Answer(
        question, tuple(found.findings), notes=tuple(found.notes), seconds=time.monotonic() - began
    )


def _loadable(project: Project) -> Sequence[Script]:
    """Return the revisions; none where Alembic cannot load them, which the history says."""
    try:
        return project.revisions()
    except ToolboxError:
        return ()


def _told_once(asked: Mapping[Question, Answer]) -> dict[Question, Answer]:
    """Leave to history what safety says of a revision that does not run, and say it once."""
    history, safety = asked[Question.HISTORY], asked[Question.SAFETY]
    told = {_fact(each) for each in history.findings}
    of_history = [each for each in safety.findings if each.question is Question.HISTORY]
    left = tuple(each for each in safety.findings if each.question is not Question.HISTORY)
    missed = [each for each in of_history if _fact(each) not in told]
    why = "a revision does not run, which history tells" if of_history and not left else None
    return {
        **asked,
        Question.HISTORY: replace(history, findings=(*history.findings, *missed)),
        Question.SAFETY: replace(safety, findings=left, not_judged=safety.not_judged or why),
    }


def _fact(finding: Finding) -> tuple[str, str | None]:
    return finding.rule, finding.place.revision if finding.place else None


def _alembic_check(case: Case) -> AlembicCheck:
    """Return what Alembic's own check says; what it crashes at is its report, not ours."""
    try:
        url = case.databases.create("alembic_check")
        case.project.upgrade(url)
        found = case.project.differences(url)
    except Exception as exc:  # noqa: BLE001 - whatever it is that it crashes at
        return AlembicCheck(crashed=next(iter(str(exc).split("\n")), "") or type(exc).__name__)
    return AlembicCheck(differences=tuple(map(str, found)))


def _revision(script: Script, new: Sequence[Script]) -> Revision:
    is_new = script.revision in {each.revision for each in new}
    return Revision(script.revision, script.doc, Path(script.path), is_new)


def _without_accepted(report: Report, scripts: Sequence[Script]) -> Report:
    """Take what the revisions accept from the report, and add what is wrong with how they do."""
    read = chain.from_iterable(exceptions.read(Path(each.path), each.revision) for each in scripts)
    known = [*read]
    accepted = [each for each in known if isinstance(each, Accepted)]
    unclear = [each for each in known if isinstance(each, Finding)]
    standing, covered = exceptions.apply(report.findings, accepted, _judged_in(report))
    return replace(_with(report, [*standing, *unclear]), accepted=covered)


def against_baseline(report: Report, file: Path) -> Report:
    """Take what the baseline accepts from the report, and add what it accepts in vain.

    Raises:
        ToolboxError: there is no baseline, or it is of another form.
    """
    standing, covered = baseline.apply(report.findings, file, _judged_in(report))
    return replace(_with(report, standing), in_baseline=covered)


def _judged_in(report: Report) -> Callable[[str, str | None], bool]:
    """Return whether a rule was judged in a revision, as far as that is sure.

    Safety is, in those that are new. Of a history with findings it is not sure: behind a revision
    that does not run, or a second head, others were not run at all.
    """
    new = {each.id for each in report.revisions if each.is_new}

    def was_judged(name: str, revision: str | None) -> bool:
        answer = report.answers[rule(name).question]
        if answer.not_judged or (answer.question is Question.HISTORY and answer.findings):
            return False
        return answer.question is not Question.SAFETY or revision in new

    return was_judged


def _with(report: Report, findings: Sequence[Finding]) -> Report:
    answers = {
        question: replace(
            answer, findings=tuple(each for each in findings if each.question is question)
        )
        for question, answer in report.answers.items()
    }
    return replace(report, answers=answers)
