"""A run of the gate asks what can be asked, and tells each thing once."""

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.gate.conftest import Empty
from tests.gate.foreign.projects import STYLES, Foreign
from toolbox.databases import Throwaways
from toolbox.errors import ToolboxError
from toolbox.gate.finding import Finding, Place, Question
from toolbox.gate.project import Project
from toolbox.gate.report import Report
from toolbox.gate.run import Case, Engine, Found, run
from toolbox.gate.scope import everything, undetermined

Ask = Callable[..., Report]

FAILS = Finding("upgrade-fails", Question.HISTORY, "revision first", "It fails.", Place("first"))
FAILS_TOO = Finding(
    "upgrade-fails", Question.HISTORY, "revision first", "On line 3.", Place("first")
)


def finds(*findings: Finding) -> Engine:
    return lambda _: Found(findings)


def refuses(_: Case) -> Found:
    raise ToolboxError("The database is gone.")


@pytest.fixture
def ask(tmp_path: Path, empty: Empty, databases: Throwaways, server_url: str) -> Ask:
    """Asks engines about a project of one revision, which is new unless it is not known."""
    Foreign.make(tmp_path / "notes", STYLES["notes"], empty(), server_url)
    project = Project.load(tmp_path / "notes" / "alembic.ini")

    def asked(*, unknown: str | None = None, **engines: Engine) -> Report:
        scope = undetermined(unknown) if unknown else everything(project)
        all_engines = {each: engines.get(str(each), finds()) for each in Question}
        return run(Case(project, databases, scope.new), scope, all_engines)

    return asked


def test_unknown_scope(ask: Ask) -> None:
    """Where it is not known what is new, safety is not judged, and it is said why."""
    report = ask(unknown="there is no git", safety=refuses)
    assert report.answers[Question.SAFETY].not_judged == "there is no git"
    assert report.exit_code == 0


def test_after_a_broken_history(ask: Ask) -> None:
    """What fails because the history does is not judged; what fails without that is an error."""
    report = ask(history=finds(FAILS), drift=refuses)
    assert report.answers[Question.DRIFT].not_judged == "the history must be mended first"
    assert report.exit_code == 8
    with pytest.raises(ToolboxError, match="database is gone"):
        ask(drift=refuses)


def test_told_once(ask: Ask) -> None:
    """That a revision does not run is told once, and by history even if safety alone saw it."""
    report = ask(history=finds(FAILS), safety=finds(FAILS_TOO))
    assert report.findings == [FAILS]
    assert report.answers[Question.SAFETY].not_judged
    seen = ask(safety=finds(FAILS_TOO)).answers
    assert seen[Question.HISTORY].findings == (FAILS_TOO,)
    assert seen[Question.SAFETY].not_judged


def test_unused_exceptions(ask: Ask, tmp_path: Path) -> None:
    """That an exception is unused is said where its rule was judged for sure, and only there."""
    file = tmp_path / "notes" / "migrations" / "versions" / "first.py"
    entry = ("upgrade-fails-on-rows", "revision first", "It has no rows.")
    file.write_text(f"{file.read_text()}\n\ncheck_migrations_accepts = [{entry}]\n")
    assert [each.rule for each in ask().findings] == ["unused-exception"]
    assert ask(history=finds(FAILS)).findings == [FAILS]
