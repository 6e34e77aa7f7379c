"""Migrations beside each other, and beside what else goes on in the database."""

import select
import subprocess
from contextlib import ExitStack
from pathlib import Path

import psycopg

from tests.toolbox.checkouts import Checkout
from tests.toolbox.clusters import PATIENCE, query, wait_until
from toolbox.migrations.alembic import upgrade
from toolbox.migrations.lineage import revisions

HEAD = revisions()[-1]

WAITING = "Waiting for another migration of this database to end.\n"


def wait_for(path: Path) -> str:
    """Return the lines of a revision that waits until there is a file."""
    return f"[time.sleep(0.01) for _ in range(6000) if not os.path.exists({str(path)!r})]"


def says(process: "subprocess.Popen[str]") -> str:
    """Return the first line that a process says, or nothing if it says nothing."""
    assert process.stderr is not None
    is_ready, _, _ = select.select([process.stderr], [], [], PATIENCE)
    return process.stderr.readline() if is_ready else ""


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
        upgrade_to_head = ("alembic", "upgrade", "head")
        with checkout.started(*upgrade_to_head) as first, ExitStack() as stack:
            wait_until(lambda: "applied" in tables(database))
            second = stack.enter_context(checkout.started(*upgrade_to_head))
            assert says(second) == WAITING
            go.touch()
            _, said_first = first.communicate(timeout=PATIENCE)
            _, said_second = second.communicate(timeout=PATIENCE)
        assert (first.returncode, second.returncode) == (0, 0), said_first + said_second
        assert said_second == ""
        assert query(database, "SELECT * FROM applied") == [("aaaa",)]
        assert query(database, "SELECT * FROM alembic_version") == [("aaaa",)]


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
        with checkout.started("alembic", "upgrade", "head") as process:
            _, err = process.communicate(timeout=PATIENCE)
        assert process.returncode != 0
        assert "division by zero" in err
        assert query(database, "SELECT * FROM alembic_version") == [("aaaa",)]
        assert {"a"} == tables(database) & {"a", "b"}
