"""The service in processes of its own."""

import time
from pathlib import Path
from types import SimpleNamespace
from uuid import uuid4

import httpx2
import psutil
import pytest

from tests.toolbox.clusters import PATIENCE, query
from toolbox import serving
from toolbox.databases import Throwaways, on_same_server
from toolbox.errors import ToolboxError


@pytest.fixture
def log(tmp_path: Path) -> Path:
    return tmp_path / "logs" / "service.log"


def test_serves(databases: Throwaways, template: str, log: Path) -> None:
    """In the context the service answers by as many processes as asked for; then all are gone."""
    database = databases.create(uuid4().hex[:8], template)
    before = set(psutil.Process().children(recursive=True))
    with serving.serve(database, 2, log) as url:
        assert httpx2.get(f"{url}/health/ready").json()["status"] == "ready"
        started = set(psutil.Process().children(recursive=True)) - before
        assert len(started) > 2  # the workers, and who minds them
    _, alive = psutil.wait_procs(started, PATIENCE)
    assert alive == []
    assert query(on_same_server(database, "postgres"), connections(database)) == [(0,)]
    databases.drop(database)


def connections(database: str) -> str:
    name = database.rpartition("/")[2]
    return f"SELECT count(*) FROM pg_stat_activity WHERE datname = '{name}'"  # noqa: S608


def test_that_does_not_start(log: Path) -> None:
    """A service that ends instead of serving is an error, with its last words."""
    with (
        pytest.raises(ToolboxError, match=r"(?s)did not become ready.*DATABASE_URL") as failed,
        serving.serve("nonsense", 1, log),
    ):
        pytest.fail("the service served")
    assert str(log) in str(failed.value)
    assert "Traceback" not in str(failed.value)


def test_that_is_never_ready(
    databases: Throwaways, log: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A service whose database has no schema answers, and is not served all the same."""
    answers = []
    is_ready = serving.is_ready

    def look(url: str) -> bool:
        answers.append(is_ready(url))
        return answers[-1]

    # A clock that goes by the answers: however slow the machine, the third one is the last.
    clock = SimpleNamespace(monotonic=lambda: len(answers), sleep=time.sleep)
    monkeypatch.setattr(serving, "is_ready", look)
    monkeypatch.setattr(serving, "time", clock)
    monkeypatch.setattr(serving, "STARTUP_TIMEOUT", 3)
    database = databases.create(uuid4().hex[:8])
    before = set(psutil.Process().children(recursive=True))
    with (
        pytest.raises(ToolboxError, match="did not become ready"),
        serving.serve(database, 1, log),
    ):
        pytest.fail("the service served")
    assert answers == [False, False, False]
    _, alive = psutil.wait_procs(set(psutil.Process().children(recursive=True)) - before, PATIENCE)
    assert alive == []
    databases.drop(database)
