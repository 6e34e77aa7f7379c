"""Databases and copies of this checkout, one for each test."""

from collections.abc import Iterator
from pathlib import Path
from uuid import uuid4

import pytest

from tests.toolbox.checkouts import Checkout
from toolbox.databases import Throwaways


@pytest.fixture
def database(databases: Throwaways) -> Iterator[str]:
    """The URL of an empty database for this test alone."""
    url = databases.create(uuid4().hex[:8])
    yield url
    databases.drop(url)


@pytest.fixture
def migrated(databases: Throwaways, template: str) -> Iterator[str]:
    """The URL of a database at head for this test alone."""
    url = databases.create(uuid4().hex[:8], template)
    yield url
    databases.drop(url)


@pytest.fixture
def checkout(tmp_path: Path, database: str) -> Checkout:
    """A copy of this checkout that can get revisions, and whose database is empty."""
    return Checkout.copy(tmp_path / "checkout", DATABASE_URL=database)
