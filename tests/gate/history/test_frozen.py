"""What the main branch has is frozen, and what it lacks is new."""

from pathlib import Path

import pytest

from tests.gate.history.repository import Repository
from toolbox.gate.history import Unknown, new_revisions
from toolbox.gate.history.engine import read


@pytest.fixture
def repository(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Repository:
    """A repository on a branch that has changed nothing yet."""
    monkeypatch.delenv("GITHUB_BASE_REF", raising=False)
    return Repository.make(tmp_path / "repository")


def rules(repository: Repository, against: str | None = None) -> set[str]:
    """Return the rules that are found."""
    _, result = read(repository.project, against)
    return {finding.rule for finding in result.findings}


def test_nothing_changed(repository: Repository) -> None:
    """A branch with a new revision changes no old one."""
    repository.add("c", "b")
    assert rules(repository) == set()


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("b does something.", "b does it well."),
        ("# its parent", "# b comes after a"),
        ("def upgrade() -> None:", 'def upgrade():\n    """Add it."""'),
        ("revision =", 'check_migrations_accepts = [("a", "b", "c")]\nrevision ='),
        ('revision = "b"', 'revision: str = "b"'),
    ],
)
def test_how_it_reads(repository: Repository, old: str, new: str) -> None:
    """Words about a revision may change: comments, docstrings, annotations, exceptions."""
    text = repository.path("b").read_text()
    repository.path("b").write_text(text.replace(old, new, 1))
    assert rules(repository) <= {"unclear-exception"}


def test_changed(repository: Repository) -> None:
    """What a revision does may not."""
    repository.edit("b", "sa.Text()", "sa.String(5)")
    assert rules(repository) == {"changed-revision"}


def test_deleted(repository: Repository) -> None:
    """A revision may not go."""
    repository.path("b").unlink()
    assert rules(repository) == {"deleted-revision"}


def test_renamed(repository: Repository) -> None:
    """Nor get another file."""
    repository.path("b").rename(repository.path("b_with_words"))
    assert rules(repository) == {"renamed-revision"}


def test_reparented(repository: Repository) -> None:
    """Nor follow another one, which may be new."""
    repository.add("c", "a")
    repository.edit("b", 'down_revision = "a"', 'down_revision = "c"')
    assert rules(repository) == {"reparented-revision"}


def test_committed_too(repository: Repository) -> None:
    """It makes no difference whether the branch has committed it."""
    repository.edit("b", "sa.Text()", "sa.String(5)")
    repository.commit()
    assert rules(repository) == {"changed-revision"}


def test_what_main_got_since(repository: Repository) -> None:
    """What the main branch got after this one left it is not missed here."""
    repository.git("switch", "--quiet", "main")
    repository.add("c", "b")
    repository.commit()
    repository.git("switch", "--quiet", "work")
    assert rules(repository) == set()


class TestNew:
    def test_of_the_branch(self, repository: Repository) -> None:
        """New is what the branch has and the main branch has not, committed or not."""
        repository.add("c", "b")
        repository.commit()
        repository.add("d", "c")
        new = new_revisions(repository.project)
        assert not isinstance(new, Unknown)
        assert [each.revision for each in new] == ["c", "d"]

    def test_against(self, repository: Repository) -> None:
        """Another reference can be named."""
        repository.add("c", "b")
        repository.commit()
        repository.add("d", "c")
        new = new_revisions(repository.project, "work")
        assert not isinstance(new, Unknown)
        assert [each.revision for each in new] == ["d"]

    def test_of_a_pull_request(
        self, repository: Repository, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """On GitHub the branch that a pull request goes to counts."""
        repository.add("c", "b")
        repository.commit()
        repository.git("branch", "release")
        repository.add("d", "c")
        monkeypatch.setenv("GITHUB_BASE_REF", "release")
        new = new_revisions(repository.project)
        assert not isinstance(new, Unknown)
        assert [each.revision for each in new] == ["d"]


class TestUnknown:
    def test_no_repository(self, repository: Repository) -> None:
        """Without git it is said, and not taken as if all were well."""
        (repository.root / ".git").rename(repository.root.parent / "elsewhere")
        found = new_revisions(repository.project)
        assert isinstance(found, Unknown)
        assert "no git repository" in found.reason

    def test_no_such_branch(self, repository: Repository) -> None:
        """So it is without a main branch."""
        repository.git("branch", "--move", "main", "trunk")
        found = new_revisions(repository.project)
        assert isinstance(found, Unknown)
        assert "--against" in found.reason

    def test_shallow_clone(self, repository: Repository, tmp_path: Path) -> None:
        """In a clone that lacks the common past, it is said how to get it."""
        repository.add("c", "b")
        repository.commit()
        repository.git("switch", "--quiet", "main")
        repository.commit()
        repository.git("switch", "--quiet", "work")
        shallow = tmp_path / "shallow"
        address = f"file://{repository.root}"
        repository.git("clone", "--quiet", "--depth=1", "--no-single-branch", address, str(shallow))
        found = new_revisions(Repository(shallow).project)
        assert isinstance(found, Unknown)
        assert "fetch-depth: 0" in found.reason
