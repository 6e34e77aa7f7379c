"""The three engines, each by the question that it answers."""

from toolbox.gate import safety
from toolbox.gate.drift import drift
from toolbox.gate.finding import Question
from toolbox.gate.run import Case, Engines, Found


def _drift(case: Case) -> Found:
    found = drift(case.project, case.databases)
    return Found(found.findings, found.notes)


ENGINES: Engines = {
    Question.DRIFT: _drift,
    Question.HISTORY: lambda _: Found([]),
    Question.SAFETY: lambda case: Found(safety.check(case.project, case.databases, case.new)),
}
