"""Snapshots of a database, on a server where others are at work."""

from collections.abc import Iterator
from uuid import uuid4

import psycopg
import pytest

from tests.toolbox.clusters import query, remember, remembered
from toolbox import copies
from toolbox.databases import Throwaways
from toolbox.errors import ToolboxError


@pytest.fixture
def url(databases: Throwaways) -> Iterator[str]:
    """A database that remembers the word `first`."""
    made = databases.create(uuid4().hex[:8])
    remember(made, "first")
    yield made
    databases.drop(made)


@pytest.fixture
def name(url: str) -> Iterator[str]:
    """A name for a snapshot, which is dropped if it was taken."""
    chosen = f"test-{uuid4().hex[:8]}"
    yield chosen
    copies.drop_database(url, f"{copies.PREFIX}_{chosen}")


def names(url: str) -> set[str]:
    return {str(one) for (one,) in query(url, "SELECT datname FROM pg_database")}


def test_restore(url: str, name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """A database becomes what it was, as often as one likes; nothing else is left on the server."""
    mark = uuid4().hex[:8]
    monkeypatch.setattr("secrets.token_hex", lambda _: mark)
    copies.take(url, name, "a comment")
    for word in ("second", "third"):
        remember(url, word)
        copies.restore(url, name)
        assert remembered(url) == {"first"}
        assert not any(mark in one for one in names(url))


def test_in_use(url: str, name: str) -> None:
    """Who is connected is disconnected, and in their way to connect anew nothing stands."""
    with psycopg.connect(url) as busy:
        busy.execute("LOCK TABLE memory")
        copies.take(url, name, "")
        with pytest.raises(psycopg.OperationalError):
            busy.execute("SELECT 1")
    with psycopg.connect(url):
        copies.restore(url, name)
    assert remembered(url) == {"first"}


def test_name_is_taken(url: str, name: str) -> None:
    """A snapshot is not overwritten, unless that is asked for."""
    copies.take(url, name, "")
    remember(url, "second")
    with pytest.raises(ToolboxError, match="--replace"):
        copies.take(url, name, "")
    copies.restore(url, name)
    assert remembered(url) == {"first"}
    remember(url, "second")
    copies.take(url, name, "", replace=True)
    copies.restore(url, name)
    assert remembered(url) == {"first", "second"}


def test_replaced_when_whole(url: str, name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """A snapshot that is to be replaced stays where there can be no new one."""
    copies.take(url, name, "")
    remember(url, "second")

    def full(*_: object) -> None:
        raise psycopg.OperationalError("the disk is full")

    with monkeypatch.context() as broken:
        broken.setattr(copies, "copy", full)
        with pytest.raises(psycopg.OperationalError):
            copies.take(url, name, "", replace=True)
    copies.restore(url, name)
    assert remembered(url) == {"first"}


def test_listed(url: str, name: str) -> None:
    """The list says what each is."""
    copies.take(url, name, "on a branch")
    [found] = [one for one in copies.listed(url) if one.name == name]
    assert (found.comment, found.bytes > 0) == ("on a branch", True)


def test_fails_half_way(url: str, name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where the snapshot cannot take its place, the database is what it was."""
    copies.take(url, name, "")
    remember(url, "second")
    rename, calls = copies._rename, []

    def fail_at_the_second(connection: psycopg.Connection, old: str, new: str) -> None:
        calls.append(old)
        if len(calls) == 2:
            raise psycopg.OperationalError("the disk is full")
        rename(connection, old, new)

    monkeypatch.setattr(copies, "_rename", fail_at_the_second)
    with pytest.raises(psycopg.OperationalError, match="the disk is full"):
        copies.restore(url, name)
    assert remembered(url) == {"first", "second"}
    for left in names(url):
        if left.startswith(f"{copies.PREFIX}_new_"):
            copies.drop_database(url, left)


@pytest.mark.parametrize("wrong", ["", "Upper", "a b", "-x", "x" * 41, 'a"b'])
def test_is_no_name(url: str, wrong: str) -> None:
    """A name that would have to be quoted is refused."""
    with pytest.raises(ToolboxError, match="no name for a snapshot"):
        copies.take(url, wrong, "")
