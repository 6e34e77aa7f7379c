"""A clone becomes a project: whole, in one commit, or not at all."""

import re
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from tests.template.conftest import Make
from toolbox.commands import template as command
from toolbox.processes import ask
from toolbox.template.begin import Wish, recorded, require_branch
from toolbox.template.names import MAX_NAME
from toolbox.update.record import Record
from toolbox.update.trees import TOOL, git


@pytest.fixture
def init(clone: Path, monkeypatch: pytest.MonkeyPatch) -> "Init":
    """Runs the command in the clone."""
    monkeypatch.setattr(command, "ROOT", clone)
    return Init(clone)


class Init:
    def __init__(self, clone: Path) -> None:
        self.clone = clone

    def __call__(self, *arguments: str) -> Result:
        return CliRunner().invoke(command.init, arguments)

    def refuses(self, *arguments: str, words: str) -> None:
        """It says so, and has not changed anything."""
        before = git(self.clone, "status", "--porcelain"), git(self.clone, "rev-parse", "HEAD")
        refusal = self(*arguments)
        assert refusal.exit_code != 0
        assert re.search(words, str(refusal.exception))
        assert (
            git(self.clone, "status", "--porcelain"),
            git(self.clone, "rev-parse", "HEAD"),
        ) == before


class TestBegin:
    def test_one_commit(self, init: Init, template: Path) -> None:
        """The clone is the project, in a commit after those it had; what was printed undoes it."""
        before = git(init.clone, "rev-parse", "HEAD")
        said = init("billing_service", "--holder", "Example Ltd")
        assert said.exit_code == 0
        assert git(init.clone, "rev-parse", "HEAD~") == before
        assert git(init.clone, "status", "--porcelain") == ""
        assert git(init.clone, "remote") == "template"
        record = Record.read(init.clone)
        assert (record.source, record.commit) == (str(template), before)
        licence = (init.clone / "LICENSE").read_text()
        assert f"{record.year} Example Ltd\nCopyright (c) 2026 The Peace in REST" in licence
        undo = said.output.partition("To undo it: ")[2].splitlines()[0]
        ask(["sh", "-c", undo], cwd=init.clone)
        assert git(init.clone, "rev-parse", "HEAD") == before
        assert git(init.clone, "remote") == "origin"
        assert not (init.clone / ".template.toml").exists()

    def test_fresh_git(self, init: Init) -> None:
        """With a fresh history of git that commit is the first."""
        assert init("billing_service", "--fresh-git").exit_code == 0
        assert git(init.clone, "rev-list", "--count", "HEAD") == "1"

    def test_dry_run(self, init: Init) -> None:
        """A dry run names the files that would change, and changes none."""
        before = git(init.clone, "rev-parse", "HEAD")
        said = init("billing_service", "--dry-run").output
        assert "  changed  pyproject.toml\n" in said
        assert "  renamed  integration_cli/profiles/pir.toml -> integration_cli/profiles/b" in said
        assert git(init.clone, "rev-parse", "HEAD") == before
        assert git(init.clone, "status", "--porcelain", "--ignored") == ""


class TestRefusals:
    def test_no_repository(self, init: Init) -> None:
        """A folder that is no repository, as one that was unpacked, is told how to be one."""
        (init.clone / ".git").rename(init.clone / "elsewhere")
        refusal = init("billing_service")
        assert "no git repository of its own" in str(refusal.exception)
        assert "git clone" in str(refusal.exception)
        assert not (init.clone / ".template.toml").exists()

    def test_no_commit(self, init: Init) -> None:
        """A repository without a commit has nothing to go back to."""
        git(init.clone, "update-ref", "-d", "HEAD")
        refusal = init("billing_service")
        assert "not committed" in str(refusal.exception)
        assert not (init.clone / ".template.toml").exists()

    def test_no_branch(self, init: Init) -> None:
        """Without a branch the commit would be lost with the next checkout."""
        git(init.clone, "checkout", "--quiet", "--detach")
        init.refuses("billing_service", words="git switch --create")
        git(init.clone, "switch", "--quiet", "--create", "ours")
        require_branch(init.clone)

    def test_no_git(self, init: Init, monkeypatch: pytest.MonkeyPatch) -> None:
        """Where there is no git, that is what is asked for."""
        with monkeypatch.context() as patched:
            patched.setenv("PATH", str(init.clone))
            assert "needs git" in str(init("billing_service").exception)
        assert git(init.clone, "status", "--porcelain") == ""

    def test_nobody(self, init: Init, monkeypatch: pytest.MonkeyPatch) -> None:
        """Where git does not know who commits, it says how to tell it, and nothing has changed."""
        for name in TOOL:
            monkeypatch.delenv(name)
        monkeypatch.setenv("GIT_CONFIG_GLOBAL", "/dev/null")
        git(init.clone, "config", "user.useConfigOnly", "true")
        init.refuses("billing_service", words=r"git config --global user\.email")

    def test_uncommitted(self, init: Init) -> None:
        """What is not committed could not be given back."""
        (init.clone / "README.md").write_text("mine")
        init.refuses("billing_service", words=r"not committed.*\n.* M README.md")

    def test_bad_name(self, init: Init) -> None:
        """A name that is none, or that of a package it depends on."""
        init.refuses("Billing", words="as billing")
        init.refuses("sqlalchemy", words="package that this project depends on")

    def test_no_source(self, init: Init, template: Path) -> None:
        """Where nothing says where updates come from, it asks."""
        git(init.clone, "remote", "remove", "origin")
        init.refuses("billing_service", words="--template URL")
        assert init("billing_service", "--template", str(template)).exit_code == 0
        assert Record.read(init.clone).source == str(template)

    def test_files_without_their_history(self, init: Init, template: Path) -> None:
        """What GitHub makes of a template has its files: the template's commit of them is found."""
        files = git(init.clone, "rev-parse", "HEAD^{tree}")
        git(init.clone, "reset", "--hard", git(init.clone, "commit-tree", files, "-m", "Initial"))
        git(init.clone, "remote", "set-url", "origin", "https://example.com/billing")
        assert init("billing_service", "--template", str(template)).exit_code == 0
        record = Record.read(init.clone)
        assert (record.source, record.commit) == (str(template), git(template, "rev-parse", "HEAD"))
        assert git(init.clone, "remote") == "origin"

    def test_files_that_the_template_never_had(self, init: Init, template: Path) -> None:
        """Of files that were changed before nobody could tell what an update is to change."""
        git(init.clone, "remote", "remove", "origin")
        (init.clone / "README.md").write_text("mine")
        git(init.clone, "commit", "--quiet", "--all", "--message=Mine")
        init.refuses("billing_service", "--template", str(template), words="a fresh clone")

    def test_template_that_is_not_there(self, init: Init, tmp_path: Path) -> None:
        """An address that leads nowhere is said now, and not at the first update."""
        nowhere = str(tmp_path / "nowhere")
        init.refuses(
            "billing_service", "--template", nowhere, words="(?s)cannot be copied.*--templ"
        )

    def test_remote_of_that_name(self, init: Init) -> None:
        """A remote that has the name which `origin` would get is not taken away."""
        git(init.clone, "remote", "add", "template", "https://example.com/x")
        init.refuses("billing_service", words="git remote rename template")

    def test_twice(self, init: Init) -> None:
        """A project is named once."""
        assert init("billing_service").exit_code == 0
        refusal = init("other_service")
        assert "billing_service already" in str(refusal.exception)


class TestProject:
    def test_says_nothing_of_the_template(self, make: Make) -> None:
        """Nothing outside of the decisions and the licence has the template's name any more."""
        project = make()
        named = re.compile(r"\bpir\b|peace.in.rest|toolbox.template", re.IGNORECASE)
        found = {
            path.relative_to(project).as_posix()
            for path in project.rglob("*")
            if path.is_file() and named.search(path.read_text(errors="replace"))
        }
        kept = {name for name in found if name.startswith(("docs/decisions/", "docs/images/"))}
        # They speak of the template that the project was made from.
        about = {"LICENSE", "toolbox/update/source.py", "tests/toolbox/test_update.py"}
        assert found - kept == about

    def test_longest_names_fit(self, make: Make) -> None:
        """The longest name and title leave every line within its limit, as the linter sees it."""
        project = make("n" * MAX_NAME, title="T" * 40)
        said = ask(
            [sys.executable, "-m", "ruff", "check", "--select=E501", "--quiet", "."], cwd=project
        )
        assert said == ""

    def test_is_a_function_of_its_record(self, make: Make, template: Path) -> None:
        """Made twice of one record, the tree is the same: an update counts on it."""
        one, two = make(fresh_history=True), make(fresh_history=True)
        assert recorded(template, Wish("a", source="here")).commit == Record.read(one).commit
        assert ask(["diff", "--recursive", str(one), str(two)]) == ""
