"""`migrate`, `revision` and `check-migrations`, as a user runs them in a checkout."""

import json
import re
from pathlib import Path

import pytest

from tests.toolbox.checkouts import Checkout
from tests.toolbox.clusters import query
from toolbox.migrations.alembic import upgrade
from toolbox.migrations.lineage import revisions
from toolbox.migrations.revise import BLIND_SPOTS

HEAD = revisions()[-1]

LIST = "api/schema_revisions.txt"

FAILS = [
    ('op.execute("SELECT nothing")', 'column "nothing" does not exist'),
    ('op.add_colum("items")', "AttributeError: module 'alembic.op' has no attribute 'add_colum'"),
]

A_COLUMN = "    name: Mapped[str] = mapped_column(String(200))\n    description"


def add_a_column(checkout: Checkout) -> None:
    """Change a model without a revision for it."""
    checkout.edit(
        "api/items/models.py",
        A_COLUMN,
        A_COLUMN.replace("    description", "    colour: Mapped[str | None]\n    description"),
    )


def list_of_revisions(checkout: Checkout) -> list[str]:
    """Return the list that the service carries."""
    return (checkout.root / LIST).read_text().split()


def files(checkout: Checkout) -> set[Path]:
    """Return the files of the revisions."""
    return set((checkout.root / "migrations" / "versions").glob("*.py"))


def refusal(checkout: Checkout, *arguments: str) -> str:
    """Return what a command says that does not do what it is told."""
    done = checkout.toolbox(*arguments)
    assert done.returncode == 1
    assert done.stderr.startswith("Error: ")
    return done.stderr


def found(checkout: Checkout, *, exit_code: int) -> set[tuple[str, str]]:
    """Return the rule and the object of each finding of the gate, which must end with this code."""
    done = checkout.toolbox("check-migrations", "--format", "json")
    assert done.returncode == exit_code, done.stdout + done.stderr
    return {(each["rule"], each["subject"]) for each in json.loads(done.stdout)["findings"]}


class TestCheckMigrations:
    def test_this_checkout(self, checkout: Checkout, database: str) -> None:
        """Models and migrations agree, which is found out on databases that are gone afterwards."""
        done = checkout.toolbox("check-migrations", "--format", "json")
        assert (done.returncode, json.loads(done.stdout)["findings"]) == (0, [])
        assert query(database, "SELECT * FROM pg_tables WHERE schemaname = 'public'") == []

    def test_what_no_revision_has(self, checkout: Checkout) -> None:
        """What only the models have is drift: columns, types, defaults and indexes."""
        add_a_column(checkout)
        checkout.edit("api/items/models.py", "String(200)", "String(201)")
        checkout.edit("api/items/models.py", 'server_default=text("0")', 'server_default=text("1")')
        checkout.edit("api/items/models.py", 'Index("ix_items_owner_id_id", "owner_id", "id"),', "")
        assert found(checkout, exit_code=4) == {
            ("column", "column public.items.colour"),
            ("column-type", "column public.items.name"),
            ("column-default", "column public.items.quantity"),
            ("index", "index public.ix_items_owner_id_id"),
        }

    def test_a_revision_that_is_not_listed(self, checkout: Checkout) -> None:
        """The list that the service carries must have every revision; a command writes it anew."""
        checkout.add_revision("aaaa", HEAD, 'op.execute("SELECT 1")')
        assert ("unlisted-revision", f"file {LIST}") in found(checkout, exit_code=8)
        assert checkout.toolbox("revision", "--list").returncode == 0
        assert list_of_revisions(checkout) == [*revisions(), "aaaa"]

    def test_two_heads(self, checkout: Checkout) -> None:
        """Two branches that each added a revision are a finding, and nothing is run."""
        checkout.add_revision("aaaa", HEAD, "pass")
        checkout.add_revision("bbbb", HEAD, "pass")
        assert "several-heads" in {rule for rule, _ in found(checkout, exit_code=8)}

    @pytest.mark.parametrize(("body", "said"), FAILS)
    def test_a_revision_that_fails(self, checkout: Checkout, body: str, said: str) -> None:
        """A revision that Postgres or Python refuses is a finding, in their words."""
        checkout.add_revision("aaaa", HEAD, body)
        done = checkout.toolbox("check-migrations", "--since", HEAD)
        assert done.returncode == 8
        assert said in " ".join(done.stdout.split())


class TestRevision:
    def test_from_the_models(self, checkout: Checkout, database: str) -> None:
        """It writes a file and lists it, upgrades, and says what to look for; once it has, there is
        nothing more to write."""
        before = files(checkout)
        add_a_column(checkout)
        done = checkout.toolbox("revision", "-m", "Add a colour")
        assert done.returncode == 0
        (written,) = files(checkout) - before
        match = re.fullmatch(r"\d{4}-\d\d-\d\d_([0-9a-f]+)_add_a_colour\.py", written.name)
        assert match is not None
        assert str(written.relative_to(checkout.root)) in done.stdout
        assert BLIND_SPOTS in done.stdout
        assert 'add_column("items", sa.Column("colour"' in written.read_text()
        assert list_of_revisions(checkout) == [*revisions(), match[1]]
        assert query(database, "SELECT * FROM alembic_version") == [(match[1],)]
        assert query(database, "SELECT colour FROM items") == []
        before, listed = files(checkout), list_of_revisions(checkout)
        again = checkout.toolbox("revision", "-m", "Add a colour")
        assert again.returncode == 0
        assert "there is nothing to write" in again.stdout
        assert BLIND_SPOTS in again.stdout
        assert (files(checkout), list_of_revisions(checkout)) == (before, listed)

    def test_empty(self, checkout: Checkout, database: str) -> None:
        """One to fill by hand is written and listed, and not yet applied."""
        before = files(checkout)
        done = checkout.toolbox("revision", "--empty", "-m", "Fill by hand")
        assert done.returncode == 0
        assert len(files(checkout) - before) == 1
        assert len(list_of_revisions(checkout)) == len(revisions()) + 1
        assert query(database, "SELECT * FROM alembic_version") == [(HEAD,)]

    def test_that_does_not_run(self, checkout: Checkout, database: str) -> None:
        """One that fails on rows is written and judged, and the database stays where it was."""
        add_a_column(checkout)
        checkout.edit("api/items/models.py", "Mapped[str | None]", "Mapped[str]")
        done = checkout.toolbox("revision", "-m", "Add a colour")
        assert done.returncode == 1
        assert "upgrade-fails-on-rows" in done.stdout
        assert "The revision does not run: mend migrations/versions/" in done.stderr
        assert query(database, "SELECT * FROM alembic_version") == [(HEAD,)]

    def test_without_a_message(self, checkout: Checkout) -> None:
        """A revision without a word of what it does is refused, with an example."""
        done = checkout.toolbox("revision")
        assert done.returncode == 2
        assert 'nox -s revision -- -m "add widgets"' in done.stderr

    def test_with_two_heads(self, checkout: Checkout) -> None:
        """With two heads nothing is written."""
        checkout.add_revision("aaaa", HEAD, "pass")
        checkout.add_revision("bbbb", HEAD, "pass")
        before = files(checkout)
        assert "heads" in refusal(checkout, "revision", "-m", "On top of both")
        assert files(checkout) == before


class TestMigrate:
    def test_to_head(self, checkout: Checkout, database: str) -> None:
        """Without a word it upgrades, shows the revisions that ran, and where the database is."""
        done = checkout.toolbox("migrate")
        assert done.returncode == 0
        assert done.stdout == f"The database is at revision {HEAD} (head)\n"
        assert f"Running upgrade  -> {revisions()[0]}" in done.stderr
        assert query(database, "SELECT * FROM alembic_version") == [(HEAD,)]

    def test_any_command_of_alembic(self, checkout: Checkout, database: str) -> None:
        """What follows is Alembic's: down one revision, and to see where the database is."""
        upgrade(database, quiet=True)
        assert checkout.toolbox("migrate", "downgrade", "-1").returncode == 0
        assert query(database, "SELECT * FROM alembic_version") == [
            (revision,) for revision in revisions()[-2:-1]
        ]
        done = checkout.toolbox("migrate", "current")
        assert (done.returncode, done.stdout.split()) == (0, revisions()[-2:-1])

    def test_two_heads(self, checkout: Checkout) -> None:
        """Of two heads one is let follow the other, which is said, and the list is written anew."""
        checkout.add_revision("aaaa", HEAD, "pass")
        checkout.add_revision("bbbb", HEAD, "pass")
        assert "nox -s migrate -- --fix-heads" in refusal(checkout, "migrate")
        done = checkout.toolbox("migrate", "--fix-heads")
        assert done.returncode == 0
        assert f"bbbb follows aaaa now, instead of {HEAD}" in done.stdout
        assert list_of_revisions(checkout) == [*revisions(), "aaaa", "bbbb"]
        again = checkout.toolbox("migrate", "--fix-heads")
        assert (again.returncode, "There is one head" in again.stdout) == (0, True)

    def test_database_of_another_branch(self, checkout: Checkout, database: str) -> None:
        """A database at a revision that this branch lacks is said, with the ways out of it."""
        assert checkout.toolbox("migrate").returncode == 0
        query(database, "UPDATE alembic_version SET version_num = 'of_another'")
        said = refusal(checkout, "migrate")
        assert "at revision of_another, which this branch does not have" in said
        assert "nox -s db -- reset" in said

    @pytest.mark.parametrize(("body", "said"), FAILS)
    def test_revision_that_fails(
        self, checkout: Checkout, database: str, body: str, said: str
    ) -> None:
        """Of a revision that fails the line is said, and why; nothing of it stays."""
        checkout.add_revision("aaaa", HEAD, 'op.execute("CREATE TABLE half ()")', body)
        done = checkout.toolbox("migrate")
        assert done.returncode == 1
        assert "\nError: migrations/versions/aaaa.py, line 14: " in done.stderr
        assert said in done.stderr
        assert query(database, "SELECT version_num FROM alembic_version") == [(HEAD,)]
        assert query(database, "SELECT to_regclass('half')") == [(None,)]

    def test_unknown_revision(self, checkout: Checkout) -> None:
        """A revision that does not exist is named in one line, and it is a failure."""
        done = checkout.toolbox("migrate", "upgrade", "nope")
        assert done.returncode != 0
        lines = [line for line in (done.stdout + done.stderr).splitlines() if line.strip()]
        assert len(lines) == 1
        assert "'nope'" in lines[0]
