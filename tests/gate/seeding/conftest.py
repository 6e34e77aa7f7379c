"""A database whose changes are gone after each test."""

from collections.abc import Iterator
from typing import Any

import psycopg
import pytest
from psycopg import Connection

from toolbox.databases import Throwaways


@pytest.fixture(scope="session")
def database(databases: Throwaways) -> Iterator[str]:
    """The URL of a database that no test of this folder leaves anything in."""
    url = databases.create("seeding")
    yield url
    databases.drop(url)


@pytest.fixture
def connection(database: str) -> Iterator[Connection[Any]]:
    """A connection in a transaction that is rolled back."""
    with psycopg.connect(database) as made:
        yield made
        made.rollback()
