"""Empty databases, as many as a test needs."""

from collections.abc import Callable, Iterator
from uuid import uuid4

import pytest

from tests.gate import samples
from toolbox.databases import Throwaways

Empty = Callable[[], str]


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
