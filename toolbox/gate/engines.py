"""The three engines, each by the question that it answers."""

from toolbox.gate.finding import Finding, Question
from toolbox.gate.run import Case, Engines
from toolbox.migrations.check import check


def drift(case: Case) -> list[Finding]:
    """Refuse what autogenerate would write."""
    check(case.databases.create("drift"))
    return []


ENGINES: Engines = {
    Question.DRIFT: drift,
    Question.HISTORY: lambda _: [],
    Question.SAFETY: lambda _: [],
}
