"""Empty databases, as many as a test needs.

GATE_SERVER is the URL of another server to judge the cases on, as the gate knows Postgres 14 to 18.
"""

import os
from collections.abc import Callable, Iterator
from uuid import uuid4

import pytest

from tests.gate import samples
from toolbox.databases import Throwaways
from toolbox.postgres import choose

Empty = Callable[[], str]


@pytest.fixture(scope="session")
def server_url() -> str:
    """The URL of a database on the server where tests make their own."""
    return os.environ.get("GATE_SERVER") or choose().up()


@pytest.fixture
def empty(databases: Throwaways) -> Iterator[Empty]:
    """Makes an empty database and returns its URL; all are gone after the test."""
    urls: list[str] = []

    def make() -> str:
        urls.append(databases.create(uuid4().hex[:8]))
        return urls[-1]

    yield make
    for url in urls:
        databases.drop(url)


@pytest.fixture
def sample_rules(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """The rules are those of tests/gate/samples.py."""
    with samples.known(tmp_path_factory.mktemp("rules")):
        yield
