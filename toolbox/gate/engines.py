"""The three engines, each by the question that it answers."""

from toolbox.gate import safety
from toolbox.gate.drift import drift
from toolbox.gate.finding import Question
from toolbox.gate.history import history
from toolbox.gate.run import Case, Engines, Found


def _drift(case: Case) -> Found:
    found = drift(case.project, case.databases)
    return Found(found.findings, found.notes)


def _history(case: Case) -> Found:
    found = history(case.project, case.databases, case.against)
    return Found(found.findings, found.notes)


ENGINES: Engines = {
    Question.DRIFT: _drift,
    Question.HISTORY: _history,
    Question.SAFETY: lambda case: Found(safety.check(case.project, case.databases, case.new)),
}
