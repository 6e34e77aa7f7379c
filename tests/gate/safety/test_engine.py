"""What the engine promises besides its rules."""

from pathlib import Path

import psycopg
import pytest

from tests.gate.conftest import Empty
from tests.gate.safety.projects import ASYNC_ENV, ENV, judged, project
from toolbox.databases import Throwaways
from toolbox.gate.safety import check, repair
from toolbox.gate.safety.previous_app import PreviousApp
from toolbox.gate.safety.tracing import Trace

ITEMS = "CREATE TABLE items (id int PRIMARY KEY, name text NOT NULL, amount int)"
WIDEN = """
import sqlalchemy as sa
from alembic import op


def upgrade() -> None:
    op.add_column("items", sa.Column("note", sa.Text()))
    with op.get_context().autocommit_block():
        op.execute("CREATE INDEX items_note ON items (note)")
"""
LINE_OF_INDEX = 9


@pytest.mark.parametrize("env", [ENV, ASYNC_ENV], ids=["psycopg", "asyncpg"])
def test_place(env: str, databases: Throwaways, tmp_path: Path) -> None:
    """A statement is found in its file and line, whatever driver env.py uses."""
    made = project(tmp_path, ITEMS, WIDEN, env=env)
    (found,) = judged(made, databases, rows=100)
    assert found.rule == "blocking-index-build"
    assert found.place is not None
    assert found.place.file is not None
    assert (found.place.file.name, found.place.line) == ("2_case.py", LINE_OF_INDEX)
    assert found.statement == "CREATE INDEX items_note ON items (note)"


def test_only_the_named_revisions(databases: Throwaways, tmp_path: Path) -> None:
    """A revision that the main branch has is run, and not judged."""
    made = project(tmp_path, ITEMS, WIDEN)
    assert check(made, databases, [], rows=100) == []


def test_revisions_one_after_the_other(databases: Throwaways, tmp_path: Path) -> None:
    """What a new revision made is in use for the next new one."""
    first = "from alembic import op\n\n\ndef upgrade() -> None:\n    op.execute('SELECT 1')\n"
    made = project(tmp_path, "SELECT 1", first)
    versions = tmp_path / "migrations" / "versions"
    for name, below, body in (
        ("second", "case", "op.execute('CREATE TABLE later (id int PRIMARY KEY, word text)')"),
        ("third", "second", "op.execute('CREATE INDEX ON later (word)')"),
    ):
        (versions / f"{name}.py").write_text(
            f"from alembic import op\n\nrevision = {name!r}\ndown_revision = {below!r}\n\n\n"
            f"def upgrade() -> None:\n    {body}\n"
        )
    made = type(made).load(tmp_path / "alembic.ini")
    found = check(made, databases, made.revisions()[1:], rows=100)
    assert [(one.rule, one.place and one.place.revision) for one in found] == [
        ("blocking-index-build", "third")
    ]


def test_nothing_is_left(databases: Throwaways, tmp_path: Path) -> None:
    """The databases are dropped, also when a revision fails."""
    failing = "from alembic import op\n\n\ndef upgrade() -> None:\n    op.execute('SELECT 1 / 0')\n"
    judged(project(tmp_path, ITEMS, failing), databases, rows=10)
    with psycopg.connect(databases.url) as connection:
        names = connection.execute(
            "SELECT datname FROM pg_database WHERE starts_with(datname, %s)",
            [f"{databases.name}_safety"],
        )
        assert names.fetchall() == []


def test_replay_leaves_no_trace(empty: Empty) -> None:
    """What the previous app sends is undone: rows are as they were."""
    url = empty()
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute(ITEMS)
        connection.execute("INSERT INTO items SELECT n, 'name', n FROM generate_series(1, 9) AS n")
        app = PreviousApp(url)
        assert {probe.kind for probe, _ in app.known} == {"read", "write"}
        assert [*app.meets(Trace("case", Path("case.py")))] == []
        rows = connection.execute("SELECT count(*), count(amount), max(name) FROM items")
        assert rows.fetchone() == (9, 9, "name")


def test_the_projects_own_rows_are_evidence(empty: Empty) -> None:
    """Rows that a revision wrote are not changed so that the next one can pass."""
    before, after = empty(), empty()
    with (
        psycopg.connect(before, autocommit=True) as old,
        psycopg.connect(after, autocommit=True) as new,
    ):
        old.execute(ITEMS)
        old.execute("INSERT INTO items VALUES (1, 'theirs', -1)")
        row = old.execute("SELECT pg_snapshot_xmax(pg_current_snapshot())::text::int").fetchone()
        old.execute("INSERT INTO items VALUES (2, 'ours', -1)")
        new.execute(f"{ITEMS}; ALTER TABLE items ADD CHECK (amount > 0)")
        repair.satisfy(old, new, since=row[0] if row else 0)
        rows = old.execute("SELECT name, amount > 0 FROM items").fetchall()
    assert sorted(rows) == [("ours", True), ("theirs", False)]
