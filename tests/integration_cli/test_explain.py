"""Every invariant has a page, and a way to read it."""

from pathlib import Path

import pytest
from click.testing import CliRunner

from integration_cli.checks.catalogue import BY_NAME, CATALOGUE
from integration_cli.cli import main
from integration_cli.explain import PAGES
from integration_cli.scenarios.programme import PROGRAMME

HALF_A_SCREEN = 30  # lines


def test_names_and_pages() -> None:
    """There is a page for each invariant, and none for what is no more."""
    assert {page.stem for page in PAGES.glob("*.md")} - {"README"} == {*BY_NAME}
    assert len(BY_NAME) == len(CATALOGUE)


@pytest.mark.parametrize("name", [*BY_NAME])
def test_a_page(name: str) -> None:
    """It says what the invariant means, what breaks it and what mends it, in half a screen."""
    result = CliRunner().invoke(main, ["concurrency", "explain", name])
    assert result.exit_code == 0
    assert result.stdout.startswith(f"# {name}\n")
    for part in ("**Seen as**", "**What usually causes it**", "**How to mend it**"):
        assert part in result.stdout
    assert len(result.stdout.splitlines()) <= HALF_A_SCREEN


@pytest.mark.parametrize("name", [*BY_NAME])
def test_a_sentence(name: str) -> None:
    """Each invariant is one sentence, which a report can show."""
    assert BY_NAME[name].sentence.endswith((".", ":"))


def test_without_its_page(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Where only the package is, as in an image, the sentence is shown."""
    monkeypatch.setattr("integration_cli.explain.PAGES", tmp_path)
    result = CliRunner().invoke(main, ["concurrency", "explain", "fresh-reads"])
    assert result.stdout == f"fresh-reads: {BY_NAME['fresh-reads'].sentence}\n"


def test_unknown() -> None:
    """A name that there is not is a mistake in usage."""
    refused = CliRunner().invoke(main, ["concurrency", "explain", "fresh-read"])
    assert refused.exit_code == 2
    assert "did you mean fresh-reads" in refused.stderr


def test_scenarios_show_what_there_is() -> None:
    """No scenario is played for an invariant that nobody judges."""
    assert {name for one in PROGRAMME for name in one.shows} <= {*BY_NAME}
