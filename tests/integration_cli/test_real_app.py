"""The commands against the real app: two workers on a throwaway database."""

import re
import subprocess
import sys
from pathlib import Path

import httpx2
import pytest
from click.testing import CliRunner, Result

from integration_cli.cli import main
from integration_cli.ledger import Ledger
from tests.toolbox.clusters import query, wait_until
from toolbox.databases import Throwaways
from toolbox.mutants.fault import choose
from toolbox.serving import serve

CYCLES = "SELECT deadlocks FROM pg_stat_database WHERE datname = current_database()"


@pytest.fixture
def ledger(tmp_path: Path) -> Ledger:
    return Ledger(tmp_path)


def invoke(app_url: str, ledger: Ledger, *arguments: str) -> Result:
    options = ["--app-url", app_url, "--ledger-dir", str(ledger.directory)]
    return CliRunner().invoke(main, [*arguments, *options], prog_name="integration_cli")


def signed_in(app_url: str, email: str, password: str) -> int:
    """What the app answers to a sign-in."""
    form = {"grant_type": "password", "username": email, "password": password}
    return httpx2.post(f"{app_url}/auth/token", data=form, trust_env=False).status_code


def test_sample_data(app_url: str, ledger: Ledger) -> None:
    """A second run creates nothing, a bigger one adds, cleanup removes every user."""
    command = ["sample_data", "--seed", "71", "--items-per-user", "5"]
    first = invoke(app_url, ledger, *command, "--users", "4")
    assert first.exit_code == 0, first.stderr
    assert "users: 4 created, 0 found" in first.stdout
    again = invoke(app_url, ledger, *command, "--users", "4")
    assert "users: 0 created, 4 found" in again.stdout
    assert re.search(r"items: 0 created, [1-9]\d* found", again.stdout)
    more = invoke(app_url, ledger, *command, "--users", "6")
    assert "users: 2 created, 4 found" in more.stdout
    people = ledger.accounts()
    assert {signed_in(app_url, one.email, one.password) for one in people} == {200}
    cleaned = invoke(app_url, ledger, "cleanup", "--run-id", "sample-71")
    assert "sample-71: 6 users removed, 0 were gone already" in cleaned.stdout
    assert {signed_in(app_url, one.email, one.password) for one in people} == {401}
    assert ledger.accounts() == []


def test_concurrency(app_url: str, ledger: Ledger) -> None:
    """The app keeps every promise, and the run leaves nothing behind."""
    small = ["--users", "3", "--duration", "2", "--effort", "0.3"]
    result = invoke(app_url, ledger, "concurrency", *small)
    assert result.exit_code == 0, result.stdout + result.stderr
    assert "violated" not in result.stdout
    assert ledger.accounts() == []


def test_deadlocks(app_url: str, ledger: Ledger) -> None:
    """Opposite orders are borne."""
    result = invoke(app_url, ledger, "deadlocks", "--rounds", "10")
    assert result.exit_code == 0, result.stdout + result.stderr
    assert ledger.accounts() == []


def test_deadlocks_that_are_shown(
    databases: Throwaways, template: str, ledger: Ledger, tmp_path: Path
) -> None:
    """Its writes make cycles, as Postgres counts, and an app that shows one of them is found."""
    (fault,) = choose(("deadlock-is-shown-as-503",))
    database = databases.create("cycles", template)
    log = tmp_path / "log"
    with fault.put_in() as folder, serve(database, 2, log, fault.environment, folder) as url:
        result = invoke(url, ledger, "deadlocks", "--rounds", "3")
        wait_until(lambda: query(database, CYCLES) > [(0,)])
    assert result.exit_code == 1
    assert "deadlocks-are-retried" in result.stdout


def test_cleanup_after_a_kill(
    databases: Throwaways, template: str, ledger: Ledger, tmp_path: Path
) -> None:
    """Of a run that was killed, nothing is left in the database once its ledger was cleaned up."""
    database = databases.create("killed", template)

    def left() -> list[tuple[object, ...]]:
        return query(database, "SELECT (SELECT count(*) FROM users), (SELECT count(*) FROM items)")

    with serve(database, 2, tmp_path / "log") as url:
        where = ["--app-url", url, "--ledger-dir", str(ledger.directory)]
        command = [sys.executable, "-m", "integration_cli", "concurrency", "--users", "3", *where]
        killed = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        try:
            wait_until(lambda: left() > [(3, 10)])
        finally:
            killed.kill()
            killed.wait()
        [run_id] = {one.run_id for one in ledger.accounts()}
        cleaned = invoke(url, ledger, "cleanup", "--run-id", run_id)
        assert cleaned.exit_code == 0, cleaned.output
        assert left() == [(0, 0)]
    assert ledger.accounts() == []


def test_suite(app_url: str, ledger: Ledger) -> None:
    """Everything once; sample data that a developer has is not touched."""
    invoke(app_url, ledger, "sample_data", "--seed", "72", "--users", "2")
    result = invoke(app_url, ledger, "suite")
    assert result.exit_code == 0, result.stdout + result.stderr
    assert {account.run_id for account in ledger.accounts()} == {"sample-72"}
    assert invoke(app_url, ledger, "cleanup").exit_code == 0
