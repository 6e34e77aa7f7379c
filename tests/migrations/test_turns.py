"""Migrations beside each other, and beside what else goes on in the database."""

import subprocess
from collections.abc import Callable
from pathlib import Path

import psycopg
import pytest

from tests.toolbox.checkouts import Checkout
from tests.toolbox.clusters import PATIENCE, query
from toolbox.migrations.alembic import upgrade
from toolbox.migrations.lineage import revisions

HEAD = revisions()[-1]

WAITING = "Waiting for another migration of this database to end.\n"


def wait_for(path: Path) -> str:
    """Return the lines of a revision that waits until there is a file."""
    return f"while not os.path.exists({str(path)!r}): time.sleep(0.01)"


def finish(*processes: "subprocess.Popen[str]") -> list[tuple[int, str]]:
    """Wait for processes to end and return their exit codes and what they said last."""
    try:
        said = [process.communicate(timeout=PATIENCE)[1] for process in processes]
    finally:
        for process in processes:
            process.kill()
            process.communicate()
    return [(process.returncode, err) for process, err in zip(processes, said, strict=True)]


class TestAtOnce:
    def test_second_waits(self, checkout: Checkout, database: str, tmp_path: Path) -> None:
        """Of two upgrades of an empty database the second says that it waits, and has nothing left
        to do; and it does not hold up an index that the first creates concurrently, which waits
        for every transaction that has begun."""
        go = tmp_path / "go"
        checkout.add_revision(
            "aaaa",
            HEAD,
            'op.execute("CREATE TABLE applied (revision text)")',
            "op.execute(\"INSERT INTO applied VALUES ('aaaa')\")",
            "with op.get_context().autocommit_block():",
            f"    {wait_for(go)}",
            '    op.execute("CREATE INDEX CONCURRENTLY ON applied (revision)")',
        )
        first = checkout.start("alembic", "upgrade", "head")
        wait_until(first, lambda: "applied" in tables(database))
        second = checkout.start("alembic", "upgrade", "head")
        assert second.stderr is not None
        assert second.stderr.readline() == WAITING
        go.touch()
        outcomes = finish(first, second)
        assert [code for code, _ in outcomes] == [0, 0], outcomes
        assert outcomes[1] == (0, "")
        assert query(database, "SELECT * FROM applied") == [("aaaa",)]
        assert query(database, "SELECT * FROM alembic_version") == [("aaaa",)]


def wait_until(process: "subprocess.Popen[str]", condition: Callable[[], bool]) -> None:
    """Wait until what a process does can be seen, or fail with what it said if it ends before."""
    while not condition():
        if process.poll() is not None:
            pytest.fail(process.communicate()[1])


def tables(database: str) -> set[object]:
    """Return the tables of a database that are committed."""
    found = query(database, "SELECT tablename FROM pg_tables WHERE schemaname = 'public'")
    return {name for (name,) in found}


class TestLockTimeout:
    def test_gives_up(self, checkout: Checkout, database: str) -> None:
        """A statement that must wait for another transaction's lock gives up, which is said in a
        line; the revision before it stays."""
        checkout.add_revision("aaaa", HEAD, 'op.execute("CREATE TABLE a ()")')
        checkout.add_revision("bbbb", "aaaa", 'op.execute("ALTER TABLE items ADD COLUMN b int")')
        upgrade(database, quiet=True)
        with psycopg.connect(database) as reader:
            reader.execute("SELECT * FROM items")
            done = checkout.alembic("upgrade", "head")
        assert done.returncode != 0
        refusal = done.stdout.strip() + done.stderr.splitlines()[-1]
        assert "a statement waited 3s for a lock" in refusal
        assert "ALTER TABLE items ADD COLUMN b int" in refusal
        assert query(database, "SELECT * FROM alembic_version") == [("aaaa",)]


class TestTransactions:
    def test_each_revision_has_its_own(self, checkout: Checkout, database: str) -> None:
        """A revision that fails leaves nothing, and the one before it stays applied."""
        checkout.add_revision("aaaa", HEAD, 'op.execute("CREATE TABLE a ()")')
        checkout.add_revision(
            "bbbb", "aaaa", 'op.execute("CREATE TABLE b ()")', 'op.execute("SELECT 1/0")'
        )
        with checkout.start("alembic", "upgrade", "head") as process:
            _, err = process.communicate(timeout=PATIENCE)
        assert process.returncode != 0
        assert "division by zero" in err
        assert query(database, "SELECT * FROM alembic_version") == [("aaaa",)]
        assert {"a"} == tables(database) & {"a", "b"}
