"""Load on an app that is served: the integration CLI's, as a user would send it, and its record."""

import json
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

from toolbox.errors import ToolboxError
from toolbox.gate.rehearsal.answers import Request
from toolbox.processes import PATIENCE, child

RATE = 40  # requests a second
USERS = 2
LONGEST = 3600  # seconds: the most that the CLI sends; it is stopped before
BEGINS = 120.0  # seconds within which it must
PHASE = "load"
PROBE = "probe"  # whether the process lives, for which no table is read


class Load:
    """What was sent; `requests` is complete once the context of `sending` is left."""

    def __init__(self) -> None:
        """Begin without any."""
        self.requests: list[Request] = []


@contextmanager
def sending(app_url: str, folder: Path) -> Iterator[Load]:
    """Send requests on a schedule, whatever is answered, from before the block to its end.

    Args:
        app_url: whom to ask.
        folder: where the record of every request stays, `history.jsonl`.

    Raises:
        ToolboxError: the load did not begin; the message ends with what the CLI said.
    """
    folder.mkdir(parents=True, exist_ok=True)
    history, said = folder / "history.jsonl", folder / "said.txt"
    history.unlink(missing_ok=True)
    load = Load()
    with said.open("w") as output, child(_command(app_url, history), output=output.fileno()) as cli:
        _wait_until_it_sends(cli, history, said)
        yield load
        cli.send_signal(signal.SIGINT)  # it ends in order, and its record is whole
        with suppress(subprocess.TimeoutExpired):
            cli.wait(PATIENCE)
    load.requests = [*_requests(history)]


def _command(app_url: str, history: Path) -> list[str]:
    options = {
        "--app-url": app_url,
        "--ledger-dir": str(history.parent),
        "--only": PHASE,
        "--users": str(USERS),
        "--rate": str(RATE),
        "--duration": str(LONGEST),
        "--history": str(history),
    }
    words = [word for option in options.items() for word in option]
    return [sys.executable, "-m", "integration_cli", "concurrency", "run", *words]


def _wait_until_it_sends(cli: subprocess.Popen[bytes], history: Path, said: Path) -> None:
    """Wait for the first request of the schedule; those before it make what it asks for."""
    deadline = time.monotonic() + BEGINS
    while time.monotonic() < deadline and cli.poll() is None:
        if history.is_file() and '"intended"' in history.read_text():
            return
        time.sleep(0.1)
    words = "\n  ".join(said.read_text().splitlines()[-10:])
    raise ToolboxError(f"The load did not begin. Its last words:\n  {words}")


def _requests(history: Path) -> Iterator[Request]:
    for text in history.read_text().splitlines():
        try:
            line = json.loads(text)
        except ValueError:  # the last, if it was cut off
            continue
        if line.get("phase") == PHASE and line["kind"] != PROBE:
            yield _request(line)


def _request(line: dict[str, Any]) -> Request:
    path = line["path"].split("?")[0]
    if line.get("target"):
        path = path.replace(line["target"], "{id}")
    return Request(
        path=f"{line['method']} {path}",
        due=line.get("intended", line["invoked"]) / 1e9,
        answered=line["returned"] / 1e9,
        outcome=str(line.get("status") or line["trouble"]),
    )
