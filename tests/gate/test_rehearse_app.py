"""A rehearsal with the apps shows what users of the old one meet while new revisions run."""

import subprocess
from collections.abc import Callable
from io import StringIO
from pathlib import Path

import pytest
from rich.console import Console

from toolbox.checkout import ROOT
from toolbox.databases import Throwaways
from toolbox.errors import ToolboxError
from toolbox.gate.history import new_revisions
from toolbox.gate.history.git import Base, base
from toolbox.gate.project import Project
from toolbox.gate.rehearsal.answers import Request, Span, blocked, met
from toolbox.gate.rehearsal.app import AppRehearsal, rehearse_app
from toolbox.gate.rehearsal.deployed import unpacked
from toolbox.gate.rehearsal.show_app import show
from toolbox.gate.run import Case
from toolbox.processes import ask

REVISION = '''
"""a new revision"""

import sqlalchemy as sa
from alembic import op

revision = "000000000001"
down_revision = "{after}"
branch_labels = None
depends_on = None


def upgrade() -> None:
    {up}


def downgrade() -> None:
    {down}
'''

SAFE = 'op.add_column("items", sa.Column("colour", sa.Text()))', 'op.drop_column("items", "colour")'
RENAMES = (
    'op.alter_column("items", "description", new_column_name="summary")',
    'op.alter_column("items", "summary", new_column_name="description")',
)
Rehearse = Callable[[tuple[str, str]], AppRehearsal]


def git(folder: Path, *arguments: str) -> None:
    who = ["-c", "user.name=A test", "-c", "user.email=test@example.com"]
    subprocess.run(["git", *who, *arguments], cwd=folder, check=True, capture_output=True)


@pytest.fixture
def two_commits(tmp_path: Path) -> Callable[[tuple[str, str]], Path]:
    """Makes a clone of this checkout with one more commit, which adds a revision."""

    def make(steps: tuple[str, str]) -> Path:
        clone = tmp_path / "clone"
        git(tmp_path, "clone", "--quiet", str(ROOT), str(clone))
        lineage = clone / "api" / "schema_revisions.txt"
        known = lineage.read_text().split()
        lineage.write_text("\n".join([*known, "000000000001"]) + "\n")
        text = REVISION.format(after=known[-1], up=steps[0], down=steps[1])
        (clone / "migrations" / "versions" / "2030-01-01_000000000001_new.py").write_text(text)
        git(clone, "add", ".")
        git(clone, "commit", "--quiet", "--no-verify", "-m", "Add a revision")
        return clone

    return make


@pytest.fixture
def rehearsed(
    two_commits: Callable[[tuple[str, str]], Path], databases: Throwaways, tmp_path: Path
) -> Rehearse:
    """Rehearses a revision on 50 rows a table, with the app of the commit before it."""

    def run(steps: tuple[str, str]) -> AppRehearsal:
        case = of(two_commits(steps), databases)
        return rehearse_app(case, rows=50, seconds=1.0, records=tmp_path / "records")

    return run


def of(clone: Path, databases: Throwaways) -> Case:
    project = Project.load(clone / "alembic.ini")
    new = new_revisions(project, "HEAD~1")
    assert isinstance(new, list)
    assert [script.revision for script in new] == ["000000000001"]
    return Case(project, databases, new, "HEAD~1")


def shown(rehearsal: AppRehearsal) -> str:
    console = Console(file=StringIO(), width=200)
    show(rehearsal, console)
    assert isinstance(console.file, StringIO)
    return console.file.getvalue()


def test_safe(rehearsed: Rehearse) -> None:
    """Both apps answer everything, and so does the old one once the revision is taken back."""
    rehearsal = rehearsed(SAFE)
    assert rehearsal.failed is None
    assert rehearsal.downgrade is not None
    assert [act.title for act in rehearsal.acts] == ["old app", "new app", "old app again"]
    for act in rehearsal.acts:
        assert act.failed is None
        assert {"GET /items", "GET /items/{id}", "PATCH /items/{id}"} <= {m.path for m in act.met}
        assert [each for each in act.met if each.errors] == []
    assert "its uv.lock is ours" in shown(rehearsal)


def test_renamed_column(rehearsed: Rehearse) -> None:
    """What the old app can no longer do is counted by status; taken back, it answers again."""
    rehearsal = rehearsed(RENAMES)
    old, _, again = rehearsal.acts
    reads = next(each for each in old.met if each.path == "GET /items/{id}")
    assert reads.errors["500"] > 0
    assert reads.before > 0
    assert reads.blocked > 0
    assert again.failed is None
    assert [each for each in again.met if each.errors] == []
    assert f"{reads.errors['500']} x 500" in shown(rehearsal)


class TestBlocked:
    """How long a path was blocked is read from its record."""

    def test_waits(self) -> None:
        """From when the first that waited was due to when the next was answered with 2xx."""
        asked = [one(0.0, 0.1), one(1.0, 4.0), one(2.0, 4.1), one(5.0, 5.1)]
        assert blocked(asked) == 3.0

    def test_errors(self) -> None:
        """An answer that is an error ends no span."""
        asked = [one(0.0, 0.5), one(1.0, 1.1, "500"), one(2.0, 2.1, "503"), one(3.0, 3.5)]
        assert blocked(asked) == 2.5

    def test_for_good(self) -> None:
        """Where nothing is answered any more it lasts to the last answer."""
        assert blocked([one(0.0, 0.5), one(1.0, 1.5, "500"), one(3.0, 4.0, "500")]) == 3.0

    def test_nobody_asks(self) -> None:
        """Where nobody asks, nobody is blocked."""
        assert blocked([one(0.0, 0.25), one(60.0, 60.25)]) == 0.25
        assert blocked([]) == 0.0


def test_span() -> None:
    """A request belongs to the time in which it waited; an error before it is not counted."""
    asked = [one(0.0, 1.0, "503"), one(2.0, 6.0), one(4.0, 4.5), one(8.0, 8.25)]
    (found,) = met(asked, Span(began=3.0, ended=7.0))
    assert (found.before, found.during, found.after) == (1.0, 4.0, 0.25)
    assert not found.errors


def one(due: float, answered: float, outcome: str = "200") -> Request:
    return Request("GET /items", due, answered, outcome)


def test_other_lock(two_commits: Callable[[tuple[str, str]], Path], tmp_path: Path) -> None:
    """An app whose uv.lock is not ours is told to run in an environment of its own, and can."""
    clone = two_commits(SAFE)
    with (clone / "uv.lock").open("a") as lock:
        lock.write("# changed since\n")
    at = base(clone, "HEAD~1")
    assert isinstance(at, Base)
    app = unpacked(at, tmp_path / "old", clone)
    assert app.python.startswith(str(tmp_path))
    assert "of its own uv.lock" in app.words
    ask([app.python, "-c", "import alembic, api.app"], cwd=app.folder)


def test_no_app(tmp_path: Path) -> None:
    """A project without an app of ours is told so, and what to do instead."""
    git(tmp_path, "init", "--quiet")
    (tmp_path / "alembic.ini").touch()
    git(tmp_path, "add", ".")
    git(tmp_path, "commit", "--quiet", "--no-verify", "-m", "Begin")
    at = base(tmp_path, "HEAD")
    assert isinstance(at, Base)
    with pytest.raises(ToolboxError, match="without --app"):
        unpacked(at, tmp_path / "old", tmp_path)
