"""A project that was made of this template takes what is new in it."""

from pathlib import Path

import pytest
from click.testing import CliRunner

from toolbox.commands import template as command
from toolbox.update.bring import bring
from toolbox.update.record import Record
from toolbox.update.trees import git


def edit(root: Path, name: str, old: str, new: str) -> None:
    path = root / name
    text = path.read_text()
    assert text.count(old) == 1
    path.write_text(text.replace(old, new))


def test_update(clone: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Both sides' changes meet, under the project's names; where they collide, git says so."""
    git(tmp_path, "clone", "--quiet", str(clone), "project")
    project = tmp_path / "project"
    monkeypatch.setattr(command, "ROOT", project)
    assert CliRunner().invoke(command.init, ["billing_service"]).exit_code == 0

    edit(project, "api/app.py", 'version="0.1.0"', 'version="3.0.0"')
    edit(project, "api/auth/tokens.py", 'ISSUER = "billing_service"', 'ISSUER = "us"')
    git(project, "mv", "api/places.py", "api/locations.py")
    git(project, "commit", "--quiet", "--all", "--message=Ours")

    edit(clone, "api/app.py", 'version="0.1.0"', 'version="0.2.0"')
    edit(clone, "api/auth/tokens.py", 'AUDIENCE = "pir-api"', 'AUDIENCE = "pir-people"')
    with (clone / "api" / "places.py").open("a") as places:
        places.write("\n# Peace in REST\n")
    git(clone, "commit", "--quiet", "--all", "--message=Theirs")

    done = bring(project, "HEAD")
    assert done is not None
    assert [one.path for one in done.merged.conflicts] == ["api/app.py", "api/auth/tokens.py"]
    assert (project / "api" / "locations.py").read_text().endswith("\n# Billing service\n")
    text = (project / "api" / "auth" / "tokens.py").read_text()
    assert 'AUDIENCE = "billing-service-people"' in text
    assert 'ISSUER = "us"' in text
    assert Record.read(project).commit == git(clone, "rev-parse", "HEAD")
