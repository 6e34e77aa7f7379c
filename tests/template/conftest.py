"""A clone of the template as it is here, and projects made of it."""

from collections.abc import Callable
from pathlib import Path

import pytest

from toolbox.checkout import ROOT
from toolbox.commits import export
from toolbox.template.begin import Wish, prepared, recorded
from toolbox.update import trees
from toolbox.update.trees import TOOL, git

Make = Callable[..., Path]


@pytest.fixture(scope="session")
def template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A repository whose one commit has what is here, committed or not."""
    root = tmp_path_factory.mktemp("template") / "template"
    root.mkdir()
    export(ROOT, trees.store(ROOT, ROOT), root)
    git(root, "init", "--quiet", "--initial-branch=main")
    git(root, "add", "--all")
    git(root, "commit", "--quiet", "--message=The template", **TOOL)
    return root


@pytest.fixture
def clone(template: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A clone of it, in which somebody may commit."""
    for name, value in TOOL.items():
        monkeypatch.setenv(name, value)
    git(tmp_path, "clone", "--quiet", str(template), "clone")
    return tmp_path / "clone"


@pytest.fixture(scope="session")
def make(template: Path, tmp_path_factory: pytest.TempPathFactory) -> Make:
    """Makes a folder with the project that a wish comes to, without a first revision."""

    def made(name: str = "billing_service", **wish: object) -> Path:
        folder = tmp_path_factory.mktemp("project")
        record = recorded(template, Wish(name, source="here", **wish))  # type: ignore[arg-type]
        export(template, prepared(template, record, with_revision=False), folder)
        return folder

    return made
