"""The baseline accepts what was there when a project took up the gate, and nothing that is new."""

from dataclasses import replace
from pathlib import Path

import pytest

from tests.gate.samples import drift, rewrite
from toolbox.errors import ToolboxError
from toolbox.gate.baseline import apply, write
from toolbox.gate.finding import Finding, Question

pytestmark = pytest.mark.usefixtures("sample_rules")


def judged(_: str, __: str | None) -> bool:
    return True


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """A baseline with two findings."""
    path = tmp_path / "baseline.json"
    assert write(path, [rewrite(), drift(), rewrite()]) == 2
    return path


def test_accepts_what_was_there(file: Path) -> None:
    """What it has does not stand, wherever in its file it moved and however it is laid out."""
    moved = replace(rewrite(line=99), statement=f"  {rewrite().statement}\n", message="Moved.")
    assert apply([moved, drift()], file, judged) == ([], [moved, drift()])


def test_leaves_what_is_new(file: Path) -> None:
    """The same rule of another object, by another statement or in another revision stands."""
    others = [
        replace(rewrite(), subject="table public.users"),
        replace(rewrite(), statement="ALTER TABLE items SET LOGGED"),
        rewrite("11aa"),
    ]
    standing, _ = apply([rewrite(), drift(), *others], file, judged)
    assert standing == others


def test_what_no_longer_occurs(file: Path) -> None:
    """An entry that was mended is a finding, at its line of the baseline."""
    (outdated,), _ = apply([drift()], file, judged)
    assert (outdated.rule, outdated.subject) == ("outdated-baseline", "table public.items")
    assert outdated.place
    assert outdated.place.line
    assert outdated.place.file == file
    assert "fingerprint" in file.read_text().splitlines()[outdated.place.line - 1]


def test_what_was_not_judged(file: Path) -> None:
    """An entry of a revision that was not judged may well occur still."""
    assert apply([drift()], file, lambda _, revision: revision is None) == ([], [drift()])


def test_what_is_wrong_with_exceptions(tmp_path: Path) -> None:
    """That an exception is unused, or an entry outdated, cannot be accepted itself."""
    about = Finding("unused-exception", Question.HISTORY, "table public.items", "Not needed.")
    assert write(tmp_path / "baseline.json", [about, drift()]) == 1


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (None, "no baseline"),
        ("{", "not JSON"),
        ('{"version": 2, "accepted": []}', "is no baseline"),
        ('{"version": 1, "accepted": [{"rule": "a"}]}', "is no baseline"),
    ],
)
def test_of_another_form(tmp_path: Path, content: str | None, words: str) -> None:
    """What is no baseline is refused with the command that writes one."""
    path = tmp_path / "baseline.json"
    if content is not None:
        path.write_text(content)
    with pytest.raises(ToolboxError, match=words) as refusal:
        apply([], path, judged)
    assert "--write-baseline" in str(refusal.value)
