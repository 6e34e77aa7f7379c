"""Another API is judged by writing a profile, and no code."""

import json
import socket
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
import uvicorn
from click.testing import CliRunner

from integration_cli.cli import main
from tests.integration_cli.other_app.app import create_app

PROFILE = Path(__file__).parent / "other_app" / "profile.toml"
HELD = (
    "durable-acknowledgement",
    "fresh-reads",
    "no-lost-update",
    "if-match-is-atomic",
    "unique-race",
    "one-delete-wins",
    "caller-is-who-the-token-says",
    "no-orphans",
)


@pytest.fixture(scope="module")
def notes_url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of the other service."""
    app = create_app(tmp_path_factory.mktemp("notes") / "notes.db")
    listening = socket.create_server(("127.0.0.1", 0))
    config = uvicorn.Config(app, log_level="warning", timeout_keep_alive=75, lifespan="off")
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listening]})
    thread.start()
    yield f"http://127.0.0.1:{listening.getsockname()[1]}"
    server.should_exit = True
    thread.join()
    listening.close()


def test_the_one_fault_that_it_has(notes_url: str, tmp_path: Path) -> None:
    """Its pages by offset skip rows that stay; all else holds, or is skipped with a reason."""
    report = tmp_path / "report.json"
    command = ["concurrency", "--app-url", notes_url, "--profile", str(PROFILE), "--users", "3"]
    command += ["--ledger-dir", str(tmp_path), "--duration", "1", "--effort", "0.2"]
    result = CliRunner().invoke(
        main, [*command, "--skip", "disturbances", "--skip", "load", "--json", str(report)]
    )
    verdicts = {one["invariant"]: one for one in json.loads(report.read_text())["verdicts"]}
    states = {name: one["state"] for name, one in verdicts.items()}
    violated = {name for name, state in states.items() if state == "violated"}
    assert violated == {"pagination-is-complete"}, result.stdout
    assert result.exit_code == 1
    for name in HELD:
        assert states[name] == "held", result.stdout
    reasons = {name: verdicts[name]["reason"] for name in states if states[name] == "skipped"}
    assert "POST /notes/many" in reasons["bulk-is-atomic"]
    assert "names no Idempotency-Key" in reasons["idempotency-key-acts-once"]
    assert "declares no refresh token" in reasons["refresh-token-is-spent-once"]
