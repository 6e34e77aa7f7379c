"""Two heads become one: the one that is not on the main branch follows the other."""

from pathlib import Path

import pytest

from tests.gate.history.repository import Repository
from toolbox.errors import ToolboxError
from toolbox.migrations.heads import fix_heads


@pytest.fixture
def repository(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Repository:
    """A repository whose main branch got m after this one, with c and d, had left it."""
    monkeypatch.delenv("GITHUB_BASE_REF", raising=False)
    made = Repository.make(tmp_path / "repository")
    made.add("c", "b")
    made.add("d", "c")
    made.commit()
    made.git("switch", "--quiet", "main")
    made.add("m", "b")
    made.commit()
    made.git("switch", "--quiet", "work")
    made.git("merge", "--quiet", "--no-edit", "main")
    return made


def test_follows(repository: Repository) -> None:
    """Only the parent is written anew, in the assignment and in the docstring; the branch's other
    revisions follow as they did."""
    before = repository.path("c").read_text()
    move = fix_heads(repository.project)
    assert move is not None
    assert (move.moved.revision, move.onto.revision) == ("c", "m")
    expected = before.replace('down_revision = "b"', 'down_revision = "m"')
    assert repository.path("c").read_text() == expected.replace("Revises: b", "Revises: m")
    assert repository.project.scripts.get_heads() == ["d"]
    assert "m is on the main branch" in str(move)


def test_same_table(repository: Repository) -> None:
    """Where both branches touch a table, it is named."""
    move = fix_heads(repository.project)
    assert move is not None
    assert move.both == ("t",)
    assert "Both branches name t" in str(move)


def test_other_tables(repository: Repository) -> None:
    """Where they do not, none is."""
    repository.edit("m", '"t"', '"u"')
    move = fix_heads(repository.project)
    assert move is not None
    assert move.both == ()


def test_one_head(repository: Repository) -> None:
    """With one head nothing is done."""
    repository.path("m").unlink()
    assert fix_heads(repository.project, against="work") is None


def test_both_on_main(repository: Repository) -> None:
    """What databases have run stays where it is."""
    repository.commit()
    before = repository.path("c").read_text()
    with pytest.raises(ToolboxError, match="both on the main branch"):
        fix_heads(repository.project, against="work")
    assert repository.path("c").read_text() == before


def test_without_git(repository: Repository) -> None:
    """Where the main branch is not known, the later file moves."""
    (repository.root / ".git").rename(repository.root.parent / "elsewhere")
    move = fix_heads(repository.project)
    assert move is not None
    assert (move.moved.revision, move.onto.revision) == ("m", "d")
    assert "the later one" in str(move)


def test_three_heads(repository: Repository) -> None:
    """With more than two, nothing is guessed."""
    repository.add("n", "b")
    with pytest.raises(ToolboxError, match="3 heads"):
        fix_heads(repository.project)


def test_awkward_file(repository: Repository) -> None:
    """The parent is found by the syntax tree: also behind letters of two bytes, with a type, in
    parentheses, and where a comment has the same words."""
    path = repository.path("c")
    text = path.read_text().replace(
        'down_revision = "b"  # its parent',
        '# down_revision = "b"\nnote = "Ünïcode"; down_revision: str | None = ("b")  # "b"',
    )
    path.write_text(text)
    fix_heads(repository.project)
    assert 'note = "Ünïcode"; down_revision: str | None = ("m")  # "b"' in path.read_text()
    assert '# down_revision = "b"' in path.read_text()
