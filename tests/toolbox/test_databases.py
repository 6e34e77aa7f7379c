"""Throwaway databases: gone when their owner is, and never in the way of anybody else's."""

import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path
from uuid import uuid4

import psycopg
import pytest

from tests.toolbox.checkouts import environment
from tests.toolbox.clusters import PATIENCE, query, remember, remembered, wait_until
from toolbox import databases as module
from toolbox.checkout import ROOT
from toolbox.databases import (
    KEPT_PREFIX,
    PREFIX,
    TEMPLATE_PREFIX,
    TEMPLATES_KEPT,
    Throwaways,
    on_same_server,
)
from toolbox.errors import ToolboxError

RUN = """
import sys
from toolbox.databases import Throwaways
with Throwaways(sys.argv[1]) as databases:
    print("ready", flush=True)
    for line in sys.stdin:
        print(eval(line), flush=True)
"""


class Run:
    """Another run, in a process of its own."""

    def __init__(self, server: str) -> None:
        self.process = subprocess.Popen(
            [sys.executable, "-c", RUN, server],
            cwd=ROOT,
            env=environment(),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        assert self.answer() == "ready"

    def ask(self, expression: str) -> None:
        assert self.process.stdin is not None
        self.process.stdin.write(f"{expression}\n")
        self.process.stdin.flush()

    def answer(self) -> str:
        assert self.process.stdout is not None
        return self.process.stdout.readline().strip()


@contextmanager
def another_run(server: str) -> Iterator[Run]:
    run = Run(server)
    with run.process:
        try:
            yield run
        finally:
            run.process.kill()


def names(server: str, prefix: str) -> set[object]:
    """Return the databases whose names begin so."""
    found = query(server, "SELECT datname FROM pg_database")
    return {name for (name,) in found if str(name).startswith(prefix)}


def test_same_server() -> None:
    """Only the database of a URL changes, not its options."""
    url = "postgresql://ada:se%2Fcret@host:5432/ada?sslmode=require&options=-c%20a%3Db/c"
    other = "postgresql://ada:se%2Fcret@host:5432/other?sslmode=require&options=-c%20a%3Db/c"
    assert on_same_server(url, "other") == other


class TestContext:
    def test_leaves_nothing(self, server: str) -> None:
        """After the context its databases are gone, also those that somebody is connected to."""
        with Throwaways(server) as databases:
            url = databases.create("one")
            remember(url, "ours")
            databases.drop(databases.create("two"))
            assert names(server, databases.name) == {f"{databases.name}_one"}
            with another_connection(url):
                databases.drop(url)
            remember(databases.create("three"), "ours")
        assert names(server, databases.name) == set()

    def test_same_label_twice(self, server: str) -> None:
        """Two databases for one purpose are two, and both are gone afterwards."""
        with Throwaways(server) as databases:
            first, second = databases.create("same"), databases.create("same")
            assert first != second
            made = names(server, databases.name)
            assert len(made) == 2
        assert not made & names(server, databases.name)

    def test_leaves_nothing_after_an_error(self, server: str) -> None:
        """It does not matter how the context is left."""
        made = Throwaways(server)

        def fail() -> None:
            with made as databases:
                databases.create("one")
                raise ZeroDivisionError

        with pytest.raises(ZeroDivisionError):
            fail()
        assert names(server, made.name) == set()

    def test_does_not_write_to_the_given_database(self, server: str) -> None:
        """The database of the URL is connected to, and has the same tables and rows afterwards."""
        before = contents(server)
        with Throwaways(server) as databases:
            url = databases.create("one", databases.migrated_template())
            assert contents(url) != before
        assert contents(server) == before

    def test_keeps_the_last_one(self, server: str) -> None:
        """A database that is kept outlives its run and the next; then the next one's takes its
        place, although somebody looks at it."""
        name = f"{KEPT_PREFIX}_look"
        for word in ("first", "second"):
            with Throwaways(server) as databases:
                url = databases.create("one")
                remember(url, word)
                with another_connection(kept := on_same_server(server, name)):
                    databases.keep(url, "look")
            with Throwaways(server):
                assert names(server, KEPT_PREFIX) == {name}
                assert remembered(kept) == {word}
        query(server, f"DROP DATABASE {name}")

    def test_subscription(self, server_url: str) -> None:
        """A subscription, which Postgres lets no database be dropped with, is no obstacle."""
        subscription = "CREATE SUBSCRIPTION s CONNECTION 'dbname=x' PUBLICATION p"
        with Throwaways(server_url) as made:
            with psycopg.connect(made.create("subscriber")) as connection:
                connection.execute(f"{subscription} WITH (connect = false)")
            name = made.name
        assert names(server_url, name) == set()


@pytest.fixture
def roles(server: str) -> Iterator[set[str]]:
    """Two names of roles, of which nobody else has heard."""
    made = {f"pir_test_{uuid4().hex[:8]}" for _ in range(2)}
    yield made
    for role in made:
        query(server, f"DROP ROLE IF EXISTS {role}")


class TestRoles:
    def test_go_with_the_last_database(self, server: str, roles: set[str]) -> None:
        """A role that was made for the databases is gone with them, one that was there is not."""
        mine, old = sorted(roles)
        query(server, f"CREATE ROLE {old}")
        with Throwaways(server) as databases:
            databases.own_roles({mine, old})
            first, second = databases.create("first"), databases.create("second")
            query(first, f"CREATE ROLE {mine}")
            query(second, f"CREATE TABLE items (); GRANT SELECT ON items TO {mine}, {old}")
            databases.drop(first)
            assert known(server, roles) == roles
        assert known(server, roles) == {old}

    def test_that_somebody_needs(self, server: str, roles: set[str]) -> None:
        """A role on which something else depends by now stays."""
        mine, _ = sorted(roles)
        with Throwaways(server) as others:
            url = others.create("other")
            with Throwaways(server) as databases:
                databases.own_roles({mine})
                query(databases.create("first"), f"CREATE ROLE {mine}")
                query(url, f"CREATE TABLE items (); GRANT SELECT ON items TO {mine}")
            assert known(server, roles) == {mine}


def known(server: str, roles: set[str]) -> set[object]:
    """Those of the roles that are on the server."""
    found = query(server, "SELECT rolname FROM pg_roles")
    return {name for (name,) in found if name in roles}


@contextmanager
def another_connection(url: str) -> Iterator[None]:
    """Somebody is connected to a database, if there is one."""
    with ExitStack() as stack:
        with suppress(psycopg.OperationalError):
            stack.enter_context(psycopg.connect(url))
        yield


def contents(url: str) -> tuple[list[tuple[object, ...]], set[object]]:
    """Return the relations of a database, and what it remembers, if anything."""
    relations = query(url, "SELECT relnamespace, relname, reltype FROM pg_class ORDER BY oid")
    has_memory = any(name == "memory" for _, name, _ in relations)
    return relations, remembered(url) if has_memory else set()


class TestLeftovers:
    def test_of_a_killed_run(self, server: str) -> None:
        """What a run left that was killed is dropped by the next one."""
        with another_run(server) as run:
            run.ask('databases.create("left")')
            url = run.answer()
        wait_until_closed(server, url)
        assert names(server, PREFIX) != set()
        with Throwaways(server):
            assert names(server, PREFIX) == set()

    def test_of_a_living_run(self, server: str) -> None:
        """The databases of a run that is alive are left to it."""
        with another_run(server) as run:
            run.ask('databases.create("alive")')
            remember(url := run.answer(), "theirs")
            with Throwaways(server):
                pass
            assert remembered(url) == {"theirs"}
        wait_until_closed(server, url)
        with Throwaways(server):
            pass

    def test_names_come_before_runs(self, server: str, monkeypatch: pytest.MonkeyPatch) -> None:
        """A run that begins while another looks for leftovers keeps what it makes."""
        begun, stack = Throwaways(server), ExitStack()

        def names_then_a_run_begins(databases: Throwaways, prefix: str) -> list[str]:
            if databases is not begun:
                monkeypatch.undo()
                stack.enter_context(begun).create("begun")
            return unpatched(databases, prefix)

        unpatched = Throwaways._names
        monkeypatch.setattr(Throwaways, "_names", names_then_a_run_begins)
        with stack, Throwaways(server):
            assert names(server, begun.name) == {f"{begun.name}_begun"}


def wait_until_closed(server: str, url: str) -> None:
    """Wait until the server noticed that the run which made a database is dead."""
    run = url.rpartition("/")[2].rpartition("_")[0]
    alive = f"SELECT 1 FROM pg_stat_activity WHERE application_name = '{run}'"  # noqa: S608
    wait_until(lambda: not query(server, alive))


class TestRights:
    def test_missing(self, server: str) -> None:
        """A role that may not make databases is told which right it lacks, and what to do."""
        role = f"{PREFIX}_{uuid4().hex[:8]}"
        query(server, f"CREATE ROLE {role} LOGIN PASSWORD 'ada'")
        try:
            address = server.rpartition("@")[2]
            with (
                Throwaways(f"postgresql://{role}:ada@{address}") as databases,
                pytest.raises(ToolboxError) as refused,
            ):
                databases.migrated_template()
        finally:
            query(server, f"DROP ROLE {role}")
        assert f'ALTER ROLE "{role}" CREATEDB' in str(refused.value)
        assert "permission denied to create database" in str(refused.value)


class TestTemplate:
    @pytest.fixture
    def migrations(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
        """A file of the migrations that can be changed."""
        file = tmp_path / "migrations" / "versions" / "changed.py"
        file.parent.mkdir(parents=True)
        file.write_text(uuid4().hex)
        monkeypatch.setattr(module, "ROOT", tmp_path)
        return file

    def test_is_at_head(self, server: str) -> None:
        """What is made of it has every table, and no row."""
        with Throwaways(server) as databases:
            url = databases.create("one", databases.migrated_template())
            assert query(url, "SELECT count(*) FROM items") == [(0,)]

    def test_stays(self, server: str, migrations: Path) -> None:
        """It outlives the run that made it, and the next run takes the same one."""
        assert migrations.exists()
        with Throwaways(server) as databases:
            name = databases.migrated_template()
        made = query(server, f"SELECT oid FROM pg_database WHERE datname = '{name}'")  # noqa: S608
        with Throwaways(server) as databases:
            assert databases.migrated_template() == name
        again = query(server, f"SELECT oid FROM pg_database WHERE datname = '{name}'")  # noqa: S608
        assert made == again

    def test_of_changed_migrations(self, server: str, migrations: Path) -> None:
        """A migration that changed gets a template anew; of old ones only a few are kept."""
        made = []
        with Throwaways(server) as databases:
            for number in range(TEMPLATES_KEPT + 1):
                migrations.write_text(f"{uuid4()} {number}")
                made.append(databases.migrated_template())
        assert len(set(made)) == TEMPLATES_KEPT + 1
        assert names(server, TEMPLATE_PREFIX) == set(made[-TEMPLATES_KEPT:])

    def test_is_made_once(self, server: str) -> None:
        """Of two runs that need it at once, one makes it and the other waits."""
        with Throwaways(server) as databases:
            query(server, f"DROP DATABASE IF EXISTS {databases.migrated_template()}")
        with another_run(server) as one, another_run(server) as other:
            for run in (one, other):
                run.ask("databases.migrated_template()")
            name = one.answer()
            assert name.startswith(TEMPLATE_PREFIX)
            assert other.answer() == name
            for run in (one, other):
                run.process.communicate(timeout=PATIENCE)
                assert run.process.returncode == 0
