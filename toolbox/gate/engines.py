"""The three engines, each by the question that it answers."""

from toolbox.gate.drift import drift
from toolbox.gate.finding import Question
from toolbox.gate.run import Engines

ENGINES: Engines = {
    Question.DRIFT: lambda case: drift(case.project, case.databases).findings,
    Question.HISTORY: lambda _: [],
    Question.SAFETY: lambda _: [],
}
