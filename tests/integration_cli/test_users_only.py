"""An app of users alone is judged by what they can show; all that is about items is skipped."""

import json
import re
from pathlib import Path

import pytest
from click.testing import CliRunner

from integration_cli.capabilities import Capability, find
from integration_cli.cli import main
from integration_cli.endpoints import Api
from integration_cli.load.mix import Mix
from integration_cli.operation import Kind
from integration_cli.profile_file import OF_ITEMS, UnknownProfile, load_profile
from integration_cli.seeds import stream
from tests.integration_cli.users_only import SHIPPED, users_only, write

# The other service's tables about items, each as short as it may be.
TABLES = {
    "pages": 'request = "GET /notes"',
    "bulk": 'create = "POST /notes/many"',
    "conditional": "stale = 412",
    "idempotency": 'header = "Idempotency-Key"',
    "quota": 'limit = "most"\ncount = "number"',
}
HELD = {
    "unique-race",
    "no-orphans",
    "refresh-token-is-spent-once",
    "revocation-reaches-every-worker",
    "guesses-are-limited",
    "refusals-have-a-reason",
    "caller-is-who-the-token-says",
    "responses-belong-to-requests",
    "pool-degrades-gracefully",
    "error-does-not-poison-its-connection",
    "aborted-request-releases-its-connection",
    "no-server-error",
}


class TestProfile:
    def test_has_no_items(self, tmp_path: Path) -> None:
        """It declares what is of users, and of all else says that there are no items."""
        able = find(load_profile(write(tmp_path)), None)
        assert able.has >= {Capability.ME, Capability.REFRESH, Capability.REVOKE}
        assert able.missing([Capability.LIST, Capability.CONDITIONAL]) == (
            "the profile declares no items"
        )

    @pytest.mark.parametrize("name", OF_ITEMS)
    def test_says_something_of_them(self, tmp_path: Path, name: str) -> None:
        """What is about items needs some; who forgot them is told so."""
        path = write(tmp_path)
        path.write_text(f"{path.read_text()}\n[{name}]\n{TABLES[name]}\n")
        with pytest.raises(UnknownProfile, match=rf"{name} is about items, .* no \[items\]"):
            load_profile(path)

    def test_says_nothing_of_who_asks(self, tmp_path: Path) -> None:
        """Without items there must be something else to ask for."""
        path = tmp_path / "mute.toml"
        text = users_only(SHIPPED.read_text())
        path.write_text(re.sub("^me = .*\n", "", text, flags=re.MULTILINE))
        with pytest.raises(UnknownProfile, match=r"accounts\.me is missing"):
            load_profile(path)


def test_load(tmp_path: Path) -> None:
    """A load asks who asks, which the app must look up."""
    profile = load_profile(write(tmp_path))
    mix = Mix(Api(profile), find(profile, None), stream(1), "mark", [], [])
    assert mix.next().kind is Kind.READ_ME


def invoke(profile: Path, app_url: str, *arguments: str) -> str:
    options = ["--app-url", app_url, "--ledger-dir", str(profile.parent)]
    result = CliRunner().invoke(main, [*arguments, *options, "--profile", str(profile)])
    assert result.exit_code == 0, result.stdout + result.stderr
    return result.stdout


def test_concurrency(app_url: str, tmp_path: Path) -> None:
    """What users show is judged, to the last; what is skipped says that there are no items."""
    report = tmp_path / "report.json"
    small = ["--users", "3", "--duration", "1", "--effort", "0.2", "--json", str(report)]
    said = invoke(write(tmp_path), app_url, "concurrency", *small)
    verdicts = json.loads(report.read_text())["verdicts"]
    held = {one["invariant"] for one in verdicts if one["state"] == "held"}
    assert held >= HELD, said
    reasons = {one["reason"].partition(":")[0] for one in verdicts if one["state"] == "skipped"}
    assert reasons == {"the profile declares no items", "no occasion"}


def test_other_commands(app_url: str, tmp_path: Path) -> None:
    """Sample data is people; of cycles in bulk writes it is said that there are none to make."""
    profile = write(tmp_path)
    said = invoke(profile, app_url, "sample_data", "--seed", "73", "--users", "2")
    assert "users: 2 created, 0 found" in said
    assert "items:" not in said
    invoke(profile, app_url, "cleanup")
    said = invoke(profile, app_url, "deadlocks")
    assert "skipped      deadlocks-are-retried (the profile declares no items)" in said
    assert [*tmp_path.glob("*.jsonl")] == []
