"""What all tests share: throwaway databases on this checkout's server."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from toolbox import serving
from toolbox.databases import Throwaways
from toolbox.errors import ToolboxError, explained
from toolbox.postgres import choose
from toolbox.processes import end_like_ctrl_c


def pytest_configure(config: pytest.Config) -> None:
    """Let SIGTERM end the run as Ctrl-C does, and start none without a database."""
    end_like_ctrl_c()
    if hasattr(config, "workerinput") or config.option.collectonly:
        return
    try:
        choose().up()
    except ToolboxError as exc:
        raise pytest.UsageError(explained(exc)) from None


@pytest.fixture(scope="session")
def server_url() -> str:
    """The URL of a database on the server where tests make their own."""
    return choose().up()


@pytest.fixture(scope="session")
def databases(server_url: str) -> Iterator[Throwaways]:
    """Makes databases that are gone after the run."""
    with Throwaways(server_url) as made:
        yield made


@pytest.fixture(scope="session")
def template(databases: Throwaways) -> str:
    """The name of a database at head, to make others of."""
    return databases.migrated_template()


@pytest.fixture(scope="session")
def app_url(
    databases: Throwaways, template: str, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[str]:
    """The URL of the service, run by two processes on a throwaway database."""
    database = databases.create("app", template)
    log: Path = tmp_path_factory.mktemp("app") / "log"
    with serving.serve(database, workers=2, log=log) as url:
        yield url
