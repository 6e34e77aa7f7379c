"""`python -m toolbox doctor` finds what is not well, and names what mends it."""

import json
import os
import pwd
import re
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psutil
import psycopg
import pytest

from tests.toolbox.checkouts import Checkout, environment
from tests.toolbox.clusters import wait_until
from tests.toolbox.typist import at_terminal
from toolbox.checkout import ROOT
from toolbox.databases import PREFIX, Throwaways, on_same_server
from toolbox.doctor import beginning
from toolbox.doctor import checkout as surroundings
from toolbox.doctor import database as inside
from toolbox.doctor.database import look_at_database
from toolbox.doctor.diagnosis import Diagnosis, State
from toolbox.migrations import lineage
from toolbox.postgres.cluster import Cluster

Found = dict[str, dict[str, object]]

# A service that a child listens for, as `dev` has them; it ends with its standard input.
LISTENING = """
import os, socket, sys
with socket.create_server(("127.0.0.1", 0)) as listener:
    if os.fork():
        listener.close()
        os.wait()
    else:
        print(listener.getsockname()[1], flush=True)
        sys.stdin.read()
"""


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
    found = [one for one in look_at_database() if one.what == what]
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

    def test_without_a_history(self, checkout: Checkout) -> None:
        """Where there is no commit, what needs one is named, and is no fault."""
        found = examined(checkout)["git"]
        assert found["state"] == "note"
        assert "db -- branch" in str(found["sentence"])


class TestBeginning:
    """What keeps an environment from being made, with which `nox -s doctor` begins."""

    @pytest.fixture
    def whole(self, checkout: Checkout) -> Checkout:
        """A checkout that has its lock file too."""
        (checkout.root / "uv.lock").write_bytes((ROOT / "uv.lock").read_bytes())
        return checkout

    def fault(self, checkout: Checkout, **variables: str) -> dict[str, object]:
        """What is wrong, and nothing was looked at after it."""
        done = checkout.run("toolbox.doctor", "--json", **variables)
        *well, found = json.loads(done.stdout)
        assert (done.returncode, found["state"]) == (1, "fault")
        assert {one["state"] for one in well} <= {"well"}
        return dict(found)

    def test_goes_on(self, whole: Checkout) -> None:
        """Where nothing is wrong an environment is made, and everything is looked at in it."""
        done = whole.run("toolbox.doctor", "--json")
        found = {one["what"]: one for one in json.loads(done.stdout)}
        assert str(whole.root / ".nox" / "doctor") in found["Python"]["sentence"]
        assert found["Revisions"]["state"] == "well"

    def test_no_lock_file(self, checkout: Checkout) -> None:
        """Without uv.lock no session can begin, the doctor's neither: it says so all the same."""
        assert self.fault(checkout)["mend"] == "git checkout HEAD -- uv.lock"

    def test_marks_of_a_merge(self, whole: Checkout) -> None:
        """Nor with one that a merge has left in two versions."""
        lock = whole.root / "uv.lock"
        lock.write_text(f"<<<<<<< HEAD\n{lock.read_text()}")
        found = self.fault(whole)
        assert found["mend"] == "git checkout HEAD -- uv.lock && uv lock"
        assert "line 1" in str(found["sentence"])

    def test_broken_project(self, whole: Checkout) -> None:
        """A pyproject.toml that is none is said with the line."""
        (whole.root / "pyproject.toml").write_text("[project\n")
        found = self.fault(whole)
        assert (found["what"], found["mend"]) == ("pyproject.toml", None)
        assert "line 1" in str(found["sentence"])

    def test_old_interpreter(self, whole: Checkout) -> None:
        """An interpreter that is older than the project allows is named."""
        whole.edit("pyproject.toml", '">=3.11"', '">=4"')
        assert self.fault(whole)["mend"] == "uvx --python 3.13 nox"

    @pytest.mark.parametrize(
        ("script", "said", "mend"),
        [
            (None, "not there", "python3 -m pip install uv"),
            ("echo uv 0.5.0", "0.5.0 is too old", "python3 -m pip install -U uv"),
            ("echo hello", "it says 'hello'", "python3 -m pip install uv"),
        ],
        ids=["none", "old", "another program"],
    )
    def test_uv(
        self, whole: Checkout, tmp_path: Path, script: str | None, said: str, mend: str
    ) -> None:
        """That there is no uv, an old one, or another program of its name, each is told apart."""
        folder = programs(tmp_path, **({"uv": script} if script else {}))
        found = self.fault(whole, PATH=folder)
        assert (found["what"], found["mend"]) == ("uv", mend)
        assert said in str(found["sentence"])

    def test_nothing_can_be_installed(self, whole: Checkout, tmp_path: Path) -> None:
        """What uv says when it cannot install is passed on."""
        script = 'case $1 in --version) echo uv 9.0;; *) echo "no network" >&2; exit 1;; esac'
        found = self.fault(whole, PATH=programs(tmp_path, uv=script))
        assert found["what"] == "Environment"
        assert "no network" in str(found["sentence"])

    def test_not_ours_to_write(self, checkout: Checkout, monkeypatch: pytest.MonkeyPatch) -> None:
        """A folder that this account may not write to is named, with what gives it to us."""
        monkeypatch.setattr(beginning, "ROOT", checkout.root)
        assert beginning.look_at_folder().state is State.WELL
        checkout.root.chmod(0o555)
        with as_somebody():
            found = beginning.look_at_folder()
        checkout.root.chmod(0o755)
        assert found.sentence.startswith(f"{checkout.root} cannot be written to")
        assert "chown" in str(found.mend)


@contextmanager
def as_somebody() -> Iterator[None]:
    """Be somebody who is not root during the block, and may not do what root may."""
    me = os.geteuid()
    if me == 0:
        os.seteuid(pwd.getpwnam("nobody").pw_uid)
    try:
        yield
    finally:
        os.seteuid(me)


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
        for name in ("0123456789ab", "ba9876543210"):
            checkout.add_revision(name, lineage.revisions()[-1], "pass")
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

    def test_unset_by_emptying(self, checkout: Checkout) -> None:
        """A DATABASE_URL with nothing in it counts as none, as for all sessions."""
        assert examined(checkout, DATABASE_URL="")["Variables"]["state"] == "well"

    def test_url_of_another_database(self, checkout: Checkout) -> None:
        """A DATABASE_URL that is not Postgres's is said once, with what is expected."""
        done = checkout.toolbox("doctor", "--json", DATABASE_URL="mysql://ada@127.0.0.1/ada")
        [found] = [one for one in json.loads(done.stdout) if one["state"] == "fault"]
        assert (found["what"], found["mend"]) == ("Variables", "unset DATABASE_URL")
        assert "postgresql://" in found["sentence"]

    def test_switch(self, checkout: Checkout) -> None:
        """A TOOLBOX_POSTGRES that is none is a fault; beside DATABASE_URL it has no effect."""
        wrong = examined(checkout, TOOLBOX_POSTGRES="dokcer")["Variables"]
        assert (wrong["state"], wrong["mend"]) == ("fault", "unset TOOLBOX_POSTGRES")
        url = "postgresql://ada@127.0.0.1:1/ada"
        both = examined(checkout, TOOLBOX_POSTGRES="docker", DATABASE_URL=url)
        assert both["Variables"]["state"] == "note"
        assert both["Docker"]["state"] != "fault"

    def test_broken_code(self, checkout: Checkout) -> None:
        """Code that cannot be imported is a fault, and keeps nothing else from being looked at."""
        for path in ("api/settings.py", "migrations/versions/broken.py"):
            (checkout.root / path).write_text("x = (\n")
        found = examined(checkout)
        for what, file in (("Variables", "settings.py"), ("Revisions", "broken.py")):
            assert found[what]["mend"] is None
            assert f"SyntaxError: '(' was never closed ({file}, line 1)" in str(
                found[what]["sentence"]
            )
        assert "Database" in found

    def test_port(self, monkeypatch: pytest.MonkeyPatch) -> None:
        """A port that is taken is said with the program that has it."""
        with socket.create_server(("127.0.0.1", 0)) as other:
            monkeypatch.setattr(surroundings, "PORT", other.getsockname()[1])
            [found] = surroundings.look_at_port()
        assert found.state is State.NOTE
        assert f"({os.getpid()})" in found.sentence

    def test_own_port(self, checkout: Checkout, monkeypatch: pytest.MonkeyPatch) -> None:
        """That `nox -s dev` runs here already is well, and no port that somebody else has."""
        monkeypatch.setattr(surroundings, "ROOT", checkout.root)
        (checkout.root / "toolbox" / "__main__.py").write_text(LISTENING)
        command = [sys.executable, "-m", "toolbox", "dev"]
        with subprocess.Popen(
            command, cwd=checkout.root, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        ) as process:
            assert process.stdout is not None
            monkeypatch.setattr(surroundings, "PORT", int(process.stdout.readline()))
            [found] = surroundings.look_at_port()
            process.communicate("")
        assert found.state is State.WELL
        assert found.sentence.endswith(f"process {process.pid}")

    def test_not_ours_to_end(self, checkout: Checkout) -> None:
        """A program of the user's own in this folder, whatever it is, was not left behind."""
        (checkout.root / "mine.py").write_text("import time\ntime.sleep(600)\n")
        with orphan(checkout, "mine"):
            assert examined(checkout)["Processes"]["state"] == "well"

    def test_surprising_variable(self, checkout: Checkout) -> None:
        """A variable that sends a session elsewhere is said, and is no fault."""
        found = examined(checkout, APP_URL="http://127.0.0.1:9")["Variables"]
        assert (found["state"], found["mend"]) == ("note", "unset APP_URL")

    def test_orphan(self, checkout: Checkout, monkeypatch: pytest.MonkeyPatch) -> None:
        """What a session left behind is found, and ended."""
        monkeypatch.setattr(surroundings, "ROOT", checkout.root)
        (checkout.root / "toolbox" / "left.py").write_text("import time\ntime.sleep(600)\n")
        with orphan(checkout, "toolbox.left") as left:
            [found] = surroundings.look_at_processes()
            assert found.mend == f"kill {left.pid}"
            assert found.fix is not None
            found.fix()
            assert not psutil.pid_exists(left.pid) or left.status() == psutil.STATUS_ZOMBIE


@contextmanager
def orphan(checkout: Checkout, module: str) -> Iterator[psutil.Process]:
    """Run a module in the checkout that nobody waits for, for no longer than the context."""
    starter = (
        "import subprocess, sys\n"
        f"print(subprocess.Popen([sys.executable, '-m', {module!r}], start_new_session=True,"
        " stdout=subprocess.DEVNULL).pid)"
    )
    pid = int(subprocess.check_output([sys.executable, "-c", starter], cwd=checkout.root))
    process = psutil.Process(pid)
    try:
        wait_until(lambda: process.ppid() == 1)
        yield process
    finally:
        if process.is_running():
            process.kill()


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
        assert [one.state for one in look_at_database() if one.what == "Database"] == [State.WELL]

    def test_behind(self, monkeypatch: pytest.MonkeyPatch) -> None:
        """A revision that is missing is counted."""
        newer = [*lineage.revisions(), "0123456789ab"]
        monkeypatch.setattr(lineage, "revisions", lambda: newer)
        [found] = faults("Schema")
        assert (found.sentence, found.mend) == ("one revision behind", "nox -s migrate")

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

    def test_clock(self) -> None:
        """A clock of the database's that is ahead of ours is said, and by how much."""
        self.run(
            "CREATE FUNCTION clock_timestamp() RETURNS timestamptz LANGUAGE sql "
            "RETURN pg_catalog.clock_timestamp() + interval '1 hour'"
        )
        # What comes first in the path is found first; else the catalog's own always is.
        self.url += "?options=-csearch_path%3Dpublic,pg_catalog"
        with psycopg.connect(self.url) as connection:
            found = inside._clock(connection)
        assert (found.state, "3600 s ahead" in found.sentence) == (State.FAULT, True)

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


class TestOwnDatabase:
    def test_of_another_version(self, own: Checkout, its_cluster: Cluster) -> None:
        """Data that this checkout's Postgres cannot read is a fault before anything starts it."""
        assert examined(own)["Database"]["state"] == "note"
        (its_cluster.data / "PG_VERSION").write_text("17\n")
        found = examined(own)["Database"]
        assert found["state"] == "fault"
        assert "Postgres 17" in str(found["sentence"])

    def test_after_a_move(self, own: Checkout, its_cluster: Cluster) -> None:
        """A checkout that was renamed while its Postgres ran finds it, and can stop it."""
        its_cluster.up()
        pid = its_cluster.pid
        moved = own.root.with_name("moved")
        own.root.rename(moved)
        try:
            there = Checkout(moved, {})
            assert f"process {pid}" in str(examined(there)["Database"]["sentence"])
            assert there.toolbox("db").returncode == 0
            assert there.toolbox("db", "stop").stdout == "Postgres is stopped.\n"
        finally:
            moved.rename(own.root)


class TestShown:
    def test_in_a_pipe(self, checkout: Checkout) -> None:
        """Each thing is one line, however long, with what mends it at its end."""
        done = checkout.toolbox("doctor", DATABASE_URL="postgresql://ada@127.0.0.1:1/ada")
        [line] = [line for line in done.stdout.splitlines() if line.startswith("fault  Database")]
        assert "Connection refused. Is the server running" in line
        assert line.endswith("To mend: unset DATABASE_URL")
        assert [line for line in done.stdout.splitlines() if line != line.rstrip()] == []

    def test_at_a_terminal(self, checkout: Checkout) -> None:
        """Lines are broken between words, and a command stands whole on a line of its own."""
        variables = {"DATABASE_URL": "postgresql://ada@127.0.0.1:1/ada", "COLUMNS": "60"}
        command = [sys.executable, "-m", "toolbox", "doctor"]
        with at_terminal(command, checkout.root, environment(**variables)) as typist:
            assert typist.wait_for_end() == 1
        lines = re.sub(r"\x1b\[[\d;]*m", "", typist.seen).splitlines()
        assert "unset DATABASE_URL" in [line.strip() for line in lines]
        assert max(map(len, (line for line in lines if "127.0.0.1" in line))) <= 60


def programs(folder: Path, **scripts: str) -> str:
    """Make a folder for PATH in which there are these programs and no other."""
    place = folder / "programs"
    place.mkdir()
    for name, script in scripts.items():
        (place / name).write_text(f"#!/bin/sh\n{script}\n")
        (place / name).chmod(0o755)
    return str(place)
