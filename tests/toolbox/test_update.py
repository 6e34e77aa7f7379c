"""A project takes what is new in its template, and loses nothing of its own."""

import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner

from toolbox.commands import update as command
from toolbox.errors import ToolboxError
from toolbox.update.bring import bring
from toolbox.update.record import FILE, Record
from toolbox.update.trees import TOOL, git

# What makes a project of these small templates: their own code, as of the real one.
MAKE = """\
import pathlib, sys, tomllib
folder = pathlib.Path(sys.argv[1])
name = tomllib.loads((folder / ".template.toml").read_text())["name"]
for path in folder.glob("*.txt"):
    path.write_text(path.read_text().replace("NAME", name))
"""
LINES = "".join(f"{number}\n" for number in range(20))


class Repository:
    """A git repository, with what a test writes into it."""

    def __init__(self, root: Path) -> None:
        self.root = root
        root.mkdir(exist_ok=True)
        git(root, "init", "--quiet", "--initial-branch=main")

    def commit(self, message: str, **files: str | None) -> str:
        """Write these files, or remove them, commit everything, and return the commit's id."""
        for name, text in files.items():
            path = self.root / f"{name}.txt"
            if text is None:
                path.unlink()
            else:
                path.write_text(text)
        git(self.root, "add", "--all")
        git(self.root, "commit", "--quiet", f"--message={message}", **TOOL)
        return git(self.root, "rev-parse", "HEAD")

    def read(self, name: str) -> str:
        return (self.root / f"{name}.txt").read_text()


@pytest.fixture
def template(tmp_path: Path) -> Repository:
    """A template with a few files, and the code that makes projects of it."""
    made = Repository(tmp_path / "template")
    code = made.root / "toolbox" / "template"
    code.mkdir(parents=True)
    (code / "__main__.py").write_text(MAKE)
    files = dict.fromkeys(("both", "mine", "theirs", "gone_here", "gone_there"), LINES)
    made.commit("Begin", about="about NAME\n", moved=f"moved\n{LINES}", **files)
    return made


@pytest.fixture
def project(template: Repository, tmp_path: Path) -> Repository:
    """A project that was made of it."""
    made = Repository(tmp_path / "project")
    begin(made, template, fresh_history=False)
    return made


def begin(project: Repository, template: Repository, *, fresh_history: bool) -> None:
    commit = git(template.root, "rev-parse", "HEAD")
    git(project.root, "pull", "--quiet", str(template.root), "main")
    chosen = {"items": True, "fresh_history": fresh_history}
    record = Record(str(template.root), commit, "shop", "Shop", "", 2026, **chosen)
    record.write(project.root)
    subprocess.run([sys.executable, "-m", "toolbox.template", "."], cwd=project.root, check=True)
    project.commit("Begin Shop")


def changed(old: str, new: str) -> str:
    return LINES.replace(f"\n{old}\n", f"\n{new}\n")


class TestMerge:
    def test_what_both_did_comes_together(self, template: Repository, project: Repository) -> None:
        """Changes of both sides to one file are both there, under the project's name for it."""
        project.commit("Ours", both=changed("2", "ours"), mine=changed("3", "ours"))
        git(project.root, "mv", "moved.txt", "elsewhere.txt")
        project.commit("Move")
        template.commit(
            "Theirs",
            both=changed("15", "theirs"),
            moved=f"moved\n{changed('7', 'theirs')}",
            new="new of NAME\n",
        )
        done = bring(project.root, "HEAD")
        assert done is not None
        assert done.merged.conflicts == ()
        assert project.read("both") == changed("2", "ours").replace("15\n", "theirs\n")
        assert project.read("mine") == changed("3", "ours")
        assert project.read("elsewhere") == f"moved\n{changed('7', 'theirs')}"
        assert project.read("new") == "new of shop\n"
        assert set(done.merged.changed) == {FILE, "both.txt", "elsewhere.txt", "new.txt"}

    def test_nothing_is_committed(self, template: Repository, project: Repository) -> None:
        """The branch stays where it was; all of it is staged, and a reset undoes it."""
        before = git(project.root, "rev-parse", "HEAD")
        now = template.commit("Theirs", theirs=changed("4", "theirs"))
        bring(project.root, "HEAD")
        assert git(project.root, "rev-parse", "HEAD") == before
        assert Record.read(project.root).commit == now
        git(project.root, "reset", "--quiet", "--hard")
        assert git(project.root, "status", "--porcelain") == ""
        assert project.read("theirs") == LINES

    def test_again(self, template: Repository, project: Repository) -> None:
        """An update that was committed is not brought again; the next begins where it ended."""
        template.commit("One", theirs=changed("4", "one"))
        bring(project.root, "HEAD")
        project.commit("Update")
        assert bring(project.root, "HEAD") is None
        template.commit("Two", theirs=changed("4", "two"))
        done = bring(project.root, "HEAD")
        assert done is not None
        assert (len(done.news), done.merged.conflicts) == (1, ())
        assert project.read("theirs") == changed("4", "two")

    def test_up_to_a_tag(self, template: Repository, project: Repository) -> None:
        """What came after the commit that was asked for does not come."""
        template.commit("One", theirs=changed("4", "one"))
        git(template.root, "tag", "v1")
        template.commit("Two", theirs=changed("4", "two"))
        bring(project.root, "v1")
        assert project.read("theirs") == changed("4", "one")

    def test_code_of_the_template_changes(self, template: Repository, project: Repository) -> None:
        """Each commit is made by its own code: the older one by the older."""
        code = MAKE.replace('"NAME", name', '"NAME", name.upper()')
        (template.root / "toolbox" / "template" / "__main__.py").write_text(code)
        template.commit("Shout")
        done = bring(project.root, "HEAD")
        assert done is not None
        assert project.read("about") == "about SHOP\n"


class TestConflicts:
    @pytest.fixture
    def report(self, template: Repository, project: Repository) -> str:
        """What an update says that meets a conflict of each kind."""
        project.commit("Ours", both=changed("2", "ours"), gone_here=None, new="ours\n")
        project.commit("More", gone_there=changed("3", "ours"))
        project.commit("Move", moved=None, moved_here=f"moved\n{LINES}")
        template.commit("Theirs", both=changed("2", "theirs"), gone_there=None, new="theirs\n")
        template.commit("Change", gone_here=changed("9", "theirs"))
        template.commit("Move", moved=None, moved_there=f"moved\n{LINES}")
        done = bring(project.root, "HEAD")
        assert done is not None
        kinds = {one.path: one.why for one in done.merged.conflicts}
        assert kinds.keys() == {
            *("both.txt", "gone_here.txt", "gone_there.txt", "new.txt"),
            *("moved.txt", "moved_here.txt", "moved_there.txt"),
        }
        return done.text()

    def test_report(self, report: str) -> None:
        """Each file is named with the reason, and with the template's commits behind it."""
        lines = report.splitlines()
        for line in (
            "- both.txt: both changed the same lines",
            "- gone_here.txt: the project removed it, and the template changed it",
            "- gone_there.txt: the template removed it or moved it, and the project changed it",
            "- new.txt: both made a file of this name",
            "- moved.txt: both moved it, each to another place",
        ):
            assert line in lines
        assert lines[lines.index("- both.txt: both changed the same lines") + 1].endswith(" Theirs")

    def test_nothing_is_lost(self, report: str, project: Repository) -> None:
        """Both texts, and what both began with, are in the work tree, and in git's index."""
        assert report
        text = project.read("both")
        for part in ("\n<<<<<<< HEAD\nours\n", "|||||||", "\n2\n=======\ntheirs\n>>>>>>> "):
            assert part in text
        assert project.read("gone_there") == changed("3", "ours")
        assert project.read("gone_here") == changed("9", "theirs")
        assert "UU both.txt" in git(project.root, "status", "--porcelain").splitlines()


class TestMigrations:
    def revision(self, template: Repository) -> None:
        versions = template.root / "migrations" / "versions"
        versions.mkdir(parents=True)
        (versions / "one.py").write_text("revision = 'one'\n")
        template.commit("Add a table")

    def test_of_one_history(self, template: Repository, project: Repository) -> None:
        """A project that goes on with the template's history is told how two heads become one."""
        self.revision(template)
        done = bring(project.root, "HEAD")
        assert done is not None
        assert "--fix-heads --against HEAD" in done.text()

    def test_of_two(self, template: Repository, tmp_path: Path) -> None:
        """One with a history of its own is told which revisions it must write itself."""
        project = Repository(tmp_path / "project")
        begin(project, template, fresh_history=True)
        self.revision(template)
        done = bring(project.root, "HEAD")
        assert done is not None
        text = done.text()
        assert 'nox -s revision -- -m "update"' in text
        assert text.count("Add a table") == 2  # among what is new, and there

    def test_of_none(self, template: Repository, project: Repository) -> None:
        """Where no revision is new, nothing is said of them."""
        template.commit("Theirs", theirs=changed("4", "theirs"))
        done = bring(project.root, "HEAD")
        assert done is not None
        assert "revision" not in done.text()


class TestRefusals:
    def refuses(self, project: Repository, *words: str, reference: str = "HEAD") -> None:
        """It says so, and has not changed anything."""
        before = git(project.root, "status", "--porcelain", "--ignored")
        with pytest.raises(ToolboxError) as refusal:
            bring(project.root, reference)
        assert all(word in str(refusal.value) for word in words)
        assert git(project.root, "status", "--porcelain", "--ignored") == before

    def test_uncommitted(self, template: Repository, project: Repository) -> None:
        """With changes that are not committed it does not begin, nor with new files."""
        template.commit("Theirs", theirs=changed("4", "theirs"))
        (project.root / "mine.txt").write_text("changed")
        (project.root / "other.txt").write_text("new")
        self.refuses(project, " M mine.txt", "?? other.txt", "git stash")

    def test_ignored_file_in_the_way(self, template: Repository, project: Repository) -> None:
        """A file that git ignores is not written over by a new one of the template's."""
        project.commit("Ignore", x="x")
        (project.root / ".gitignore").write_text("secret.txt\n")
        project.commit("Ignore it")
        (project.root / "secret.txt").write_text("mine")
        template.commit("Theirs", secret="theirs\n")
        self.refuses(project, "secret.txt", "elsewhere")
        assert project.read("secret") == "mine"

    def test_no_project(self, template: Repository) -> None:
        """Where nothing was made of a template, it says what a project is made by."""
        self.refuses(template, FILE, "nox -s init")

    def test_broken_record(self, project: Repository) -> None:
        """A record that is no TOML, or says too little, is named as what is wrong."""
        (project.root / FILE).write_text("name = shop")
        project.commit("Break it")
        self.refuses(project, f"{FILE} is not TOML")
        (project.root / FILE).write_text('name = "shop"')
        project.commit("Shorten it")
        self.refuses(project, "does not say source, commit")

    def test_unknown_commit(self, project: Repository) -> None:
        """A commit that the template does not have is named, with where it was looked for."""
        self.refuses(project, "no commit v9", "--from", reference="v9")

    def test_no_template(self, template: Repository, project: Repository) -> None:
        """Where the template has moved, it says how to name its new place."""
        template.root.rename(template.root.with_name("moved"))
        self.refuses(project, "cannot be copied", "--from")
        assert bring(project.root, "HEAD", str(template.root.with_name("moved"))) is None

    def test_template_that_cannot_be_made(self, template: Repository, project: Repository) -> None:
        """What the template's own code says of its failure is passed on."""
        code = template.root / "toolbox" / "template" / "__main__.py"
        code.write_text("import sys; sys.exit('a rule does not fit')")
        template.commit("Break it")
        self.refuses(project, "cannot be made", "a rule does not fit")


def test_command(
    template: Repository, project: Repository, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """It ends with 1 where conflicts are left, and keeps what it said."""
    monkeypatch.setattr(command, "ROOT", project.root)
    monkeypatch.setattr(command, "REPORT", tmp_path / "reports" / "update.md")
    template.commit("Theirs", both=changed("2", "theirs"))
    assert CliRunner().invoke(command.update, []).exit_code == 0
    project.commit("Update", both=changed("2", "ours"))
    said = CliRunner().invoke(command.update, [])
    assert (said.exit_code, said.output) == (
        0,
        "This project is at HEAD of its template already.\n",
    )
    template.commit("More", both=changed("2", "more"))
    said = CliRunner().invoke(command.update, ["--to", "main"])
    assert said.exit_code == 1
    assert said.output == f"{command.REPORT.read_text()}\n"
