"""`python -m toolbox doctor` finds what is not well, and names what mends it."""

import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import psutil
import psycopg
import pytest

from tests.toolbox.checkouts import Checkout
from tests.toolbox.clusters import wait_until
from toolbox.checkout import ROOT
from toolbox.databases import PREFIX, Throwaways, on_same_server
from toolbox.doctor import checkout as surroundings
from toolbox.doctor import database as inside
from toolbox.doctor.database import examine_database
from toolbox.doctor.diagnosis import Diagnosis, State
from toolbox.migrations import lineage

Found = dict[str, dict[str, object]]


@pytest.fixture
def checkout(tmp_path: Path) -> Checkout:
    return Checkout.copy(tmp_path / "checkout")


def examined(checkout: Checkout, *options: str, **variables: str) -> Found:
    """What the doctor says, the worst of each thing."""
    done = checkout.toolbox("doctor", "--json", *options, **variables)
    found = json.loads(done.stdout)
    has_fault = any(one["state"] == "fault" for one in found)
    assert done.returncode == has_fault
    return {one["what"]: one for one in sorted(found, key=lambda one: one["state"] == "fault")}


def faults(what: str) -> list[Diagnosis]:
    found = [one for one in examine_database() if one.what == what]
    return [one for one in found if one.state is State.FAULT]


class TestMachine:
    def test_well(self, checkout: Checkout) -> None:
        """What these tests run with is good enough for the sessions."""
        found = examined(checkout)
        assert found["Python"]["state"] == found["uv"]["state"] == found["Clock"]["state"] == "well"

    def test_uv_is_missing(self, checkout: Checkout) -> None:
        """Without uv it says how to get one, and goes on."""
        found = examined(checkout, PATH=str(Path(sys.executable).parent / "nowhere"))
        assert found["uv"]["mend"] == "python3 -m pip install uv"
        assert "Revisions" in found

    def test_docker_is_wanted_and_missing(self, checkout: Checkout) -> None:
        """An engine that does not answer is a fault for who asked for it, and a note else."""
        nowhere = {"DOCKER_HOST": "unix:///nowhere"}
        assert examined(checkout, **nowhere)["Docker"]["state"] == "note"
        wanted = examined(checkout, TOOLBOX_POSTGRES="docker", **nowhere)
        assert wanted["Docker"]["mend"] == "unset TOOLBOX_POSTGRES"


class TestCheckout:
    def test_lock_file_is_outdated(self, checkout: Checkout) -> None:
        """A dependency that uv.lock does not know is said, with the command that locks it."""
        project = checkout.root / "pyproject.toml"
        lock = checkout.root / "uv.lock"
        lock.write_bytes((ROOT / "uv.lock").read_bytes())
        checkout.edit("pyproject.toml", '"asyncpg>=0.32"', '"asyncpg>=0.32", "click"')
        assert examined(checkout)["uv.lock"]["mend"] == "uv lock"
        project.write_bytes((ROOT / "pyproject.toml").read_bytes())
        assert examined(checkout)["uv.lock"]["state"] == "well"

    def test_two_heads(self, checkout: Checkout) -> None:
        """Two revisions after the same one are said."""
        before = lineage.revisions()[-2]
        checkout.add_revision("0123456789ab", before, "pass")
        found = examined(checkout)["Revisions"]
        assert found["state"] == "fault"
        assert "2 heads" in str(found["sentence"])

    def test_list_of_revisions(self, checkout: Checkout) -> None:
        """A list of revisions that lacks one is mended."""
        checkout.add_revision("0123456789ab", lineage.revisions()[-1], "pass")
        assert examined(checkout)["Revisions"]["can_be_fixed"]
        assert examined(checkout, "--fix")["Revisions"]["state"] == "well"

    @pytest.mark.parametrize(
        ("name", "value"), [("SLOW_REQUEST", "soon"), ("TRUSTED_HOSTS", "api.example.com")]
    )
    def test_wrong_setting(self, checkout: Checkout, name: str, value: str) -> None:
        """A variable that would keep the service from starting is named."""
        found = examined(checkout, **{name: value})["Variables"]
        assert found["state"] == "fault"
        assert name.lower() in str(found["sentence"]).lower()

    def test_surprising_variable(self, checkout: Checkout) -> None:
        """A variable that sends a session elsewhere is said, and is no fault."""
        found = examined(checkout, APP_URL="http://127.0.0.1:9")["Variables"]
        assert (found["state"], found["mend"]) == ("note", "unset APP_URL")

    def test_orphan(self, checkout: Checkout, monkeypatch: pytest.MonkeyPatch) -> None:
        """A service that nobody waits for any more is found, and ended."""
        monkeypatch.setattr(surroundings, "ROOT", checkout.root)
        (checkout.root / "left.py").write_text("import time\ntime.sleep(600)\n")
        starter = (
            "import subprocess, sys\n"
            "print(subprocess.Popen([sys.executable, '-m', 'left'], start_new_session=True,"
            " stdout=subprocess.DEVNULL).pid)"
        )
        pid = int(subprocess.check_output([sys.executable, "-c", starter], cwd=checkout.root))
        orphan = psutil.Process(pid)
        try:
            wait_until(lambda: orphan.ppid() == 1)
            [found] = [one for one in surroundings.examine_checkout() if one.what == "Processes"]
            assert found.mend == f"kill {pid}"
            assert found.fix is not None
            found.fix()
            assert not psutil.pid_exists(pid) or orphan.status() == psutil.STATUS_ZOMBIE
        finally:
            if orphan.is_running():
                orphan.kill()


class TestDatabase:
    @pytest.fixture(autouse=True)
    def _given(
        self, databases: Throwaways, template: str, monkeypatch: pytest.MonkeyPatch
    ) -> Iterator[None]:
        self.url = databases.create("doctor", template)
        monkeypatch.setenv("DATABASE_URL", self.url)
        yield
        databases.drop(self.url)

    def run(self, statement: str) -> None:
        with psycopg.connect(self.url, autocommit=True) as connection:
            connection.execute(statement.encode())

    def test_well(self) -> None:
        """A database at head has nothing wrong with it."""
        assert faults("Schema") == []
        assert [one.state for one in examine_database() if one.what == "Database"] == [State.WELL]

    def test_behind(self) -> None:
        """A revision that is missing is counted."""
        before = lineage.revisions()[-2]
        self.run(f"UPDATE alembic_version SET version_num = '{before}'")  # noqa: S608
        [found] = faults("Schema")
        assert (found.sentence, found.mend) == ("1 revisions behind", "nox -s migrate")

    def test_of_another_branch(self) -> None:
        """A revision that this branch does not have is named."""
        self.run("UPDATE alembic_version SET version_num = 'of_another'")
        assert "of_another" in faults("Schema")[0].sentence

    def test_empty(self) -> None:
        """A database without tables is one to migrate."""
        self.run("DROP SCHEMA public CASCADE")
        assert faults("Schema")[0].mend == "nox -s migrate"

    def test_forgotten_transaction(self, monkeypatch: pytest.MonkeyPatch) -> None:
        """A transaction that is open and idle is found, with what ends it."""
        monkeypatch.setattr(inside, "LONG", -1)
        with psycopg.connect(self.url) as connection:
            connection.execute("LOCK TABLE items")
            [found] = faults("Transactions")
            assert str(connection.info.backend_pid) in str(found.mend)
            assert "LOCK TABLE items" in found.sentence

    def test_leftovers(self) -> None:
        """A database of a run that was killed is found, and dropped."""
        name = f"{PREFIX}_00000000_left"
        self.run(f"CREATE DATABASE {name}")
        [found] = faults("Leftovers")
        assert found.fix is not None
        found.fix()
        assert faults("Leftovers") == []
        with pytest.raises(psycopg.OperationalError, match="does not exist"):
            psycopg.connect(on_same_server(self.url, name))

    def test_unreachable(self, checkout: Checkout) -> None:
        """One that does not answer is said, without a traceback."""
        found = examined(checkout, DATABASE_URL="postgresql://ada@127.0.0.1:1/ada")["Database"]
        assert "refused" in str(found["sentence"])
        assert found["mend"] == "unset DATABASE_URL"
