"""The gate judges projects that are not ours, from outside, and touches nothing of theirs."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest

from tests.gate.conftest import Empty
from tests.gate.foreign.projects import STYLES, Foreign
from tests.toolbox.clusters import query


@pytest.fixture
def sessions(server_url: str) -> Iterator[list[str]]:
    """Databases that nobody may have connected to when the test ends."""
    urls: list[str] = []
    yield urls
    for url in urls:
        name = urlsplit(url).path.removeprefix("/")
        statement = f"SELECT sessions FROM pg_stat_database WHERE datname = '{name}'"  # noqa: S608
        assert query(server_url, statement) == [(0,)], f"somebody connected to {name}"


@pytest.fixture
def make(tmp_path: Path, empty: Empty, server_url: str, sessions: list[str]) -> Any:
    """Makes a project of a style; its own database must be left alone."""

    def begin(style: str) -> Foreign:
        url = empty()
        sessions.append(url)
        return Foreign.make(tmp_path / style, STYLES[style], url, server_url)

    return begin


def rules(done: Any) -> set[tuple[str, str]]:
    """Return the questions and rules of the findings in a report as JSON."""
    assert done.stdout.startswith("{"), done.stderr
    found = json.loads(done.stdout)["findings"]
    return {(each["question"], each["rule"]) for each in found}


@pytest.mark.parametrize("style", STYLES)
def test_nothing_wrong(make: Any, style: str) -> None:
    """A project with nothing wrong passes, whatever its style, and if all its revisions are new."""
    done = make(style).gate("--all", "--format", "json")
    assert "Traceback" not in done.stderr
    assert rules(done) == set()
    assert done.returncode == 0
    assert json.loads(done.stdout)["alembic_check"]["crashed"] is None


def test_from_another_folder(make: Any, tmp_path: Path) -> None:
    """It may be started anywhere: paths in the configuration are the project's."""
    project = make("shop")
    project.edit("alembic.ini", "%(here)s/db/changes", "db/changes")
    outside = tmp_path / "outside"
    outside.mkdir()
    config = project.root / "alembic.ini"
    done = project.gate("--config", str(config), "--all", "--format", "json", cwd=outside)
    assert (done.returncode, rules(done)) == (0, set())


def test_named_metadata(make: Any) -> None:
    """Where env.py knows no models, they are named; without that it is said how."""
    project = make("blog")
    project.edit("alembic/env.py", project.target_metadata, "target_metadata = None")
    done = project.gate("--all")
    assert done.returncode == 1
    assert "--metadata" in done.stderr
    assert project.gate("--all", "--metadata", "blogapp.db:Base.metadata").returncode == 0


def test_drift(make: Any) -> None:
    """What only the models have is drift, and nothing else."""
    project = make("notes")
    project.edit(
        "notes_app/tables.py", 'Column("body", Text)', 'Column("body", Text, nullable=False)'
    )
    done = project.gate("--all", "--format", "json")
    assert {question for question, _ in rules(done)} == {"drift"}
    assert done.returncode == 4


def test_nobody_answers(make: Any) -> None:
    """A server that cannot be reached is neither drift nor a wrong command line."""
    project = make("notes")
    done = project.run("toolbox.gate", "--server", "postgresql://127.0.0.1:1/x", "--all")
    assert done.returncode == 1
    assert "No database can be made there" in done.stderr


def test_safety(make: Any) -> None:
    """A revision that rewrites a table is unsafe, at its line, if it is new and only then."""
    project = make("shop")
    line = 'op.execute("ALTER TABLE product ALTER COLUMN price TYPE numeric(12, 4)")'
    back = 'op.execute("ALTER TABLE product ALTER COLUMN price TYPE numeric(10, 2)")'
    file = project.add_revision("5f", "4e", line, back)
    project.edit("shopapp/models.py", "Numeric(10, 2)", "Numeric(12, 4)")
    done = project.gate("--since", "4e", "--format", "json")
    assert {question for question, _ in rules(done)} == {"safety"}
    assert done.returncode == 16
    places = [each["place"] for each in json.loads(done.stdout)["findings"]]
    assert all(place["revision"] == "5f" for place in places)
    assert {(place["file"], place["line"]) for place in places} == {
        (str(file.relative_to(project.root)), 11)
    }
    assert project.gate("--since", "5f").returncode == 0


def test_history(make: Any) -> None:
    """A downgrade that leaves something behind makes the history unsound."""
    project = make("blog")
    project.edit("alembic/versions/0001_posts.py", 'op.execute("DROP TYPE post_state")', "pass")
    done = project.gate("--all", "--format", "json")
    assert {question for question, _ in rules(done)} == {"history"}
    assert done.returncode == 8
