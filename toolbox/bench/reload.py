"""How long one waits from a save to the new code: with `nox -s dev`, and with Uvicorn's reload."""

import http.client
import re
import shutil
import socket
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

from toolbox.bench.figures import Figures, Spread, Table
from toolbox.bench.report import with_spread
from toolbox.bench.turns import in_turns
from toolbox.checkout import ROOT
from toolbox.errors import ToolboxError
from toolbox.processes import child
from toolbox.serving import development

PARTS = ("api", "docs/rules", "migrations", "toolbox", "alembic.ini", "pyproject.toml")
EDITED = Path("api/health/routes.py")
ANSWER = re.compile(r'"live[^"]*"')  # what GET /health/live says, in that file
HOST = "127.0.0.1"
PATIENCE = 60  # seconds for one answer, or for one reload
PAUSE = 0.005  # seconds between two requests
REST = 1.0  # seconds after which nothing is left of a reload


@dataclass(frozen=True)
class Reload(Figures):
    """Seconds from a save to the first answer of the new code, while requests go on."""

    dev: Spread
    uvicorn: Spread
    ratio: Spread
    """Uvicorn's seconds to ours: 2 is twice as long."""
    dev_failed: int
    """Requests of all rounds that got no answer."""
    uvicorn_failed: int

    def tables(self) -> list[Table]:
        """Return the figures as tables."""
        rows = [
            ("nox -s dev", with_spread(self.dev, ".2f"), "", str(self.dev_failed)),
            (
                "uvicorn --reload",
                with_spread(self.uvicorn, ".2f"),
                with_spread(self.ratio, ".1f"),
                str(self.uvicorn_failed),
            ),
        ]
        title = "Seconds from a save to the first answer of the new code"
        return [Table(title, ("", "Seconds", "Times as long", "Requests without an answer"), rows)]


@dataclass(frozen=True)
class Server:
    """What reloads a copy of the checkout: where that is, and where it answers."""

    folder: Path
    port: int


def measure(database: str, rounds: int) -> Reload:
    """Save a file in a copy of the checkout, by turns under each of the two.

    Args:
        database: the URL of one at head.
        rounds: how often it is saved for each.

    Raises:
        ToolboxError: one of them does not serve, or does not serve what was saved.
    """
    with ExitStack() as stack:
        dev = stack.enter_context(_running("dev", DEV, database, 0))
        uvicorn = stack.enter_context(_running("uvicorn", UVICORN, database, _free_port()))
        seconds: dict[Server, list[float]] = {dev: [], uvicorn: []}
        failed = {dev: 0, uvicorn: 0}
        for number, server in enumerate(in_turns([dev, uvicorn], rounds + 1)):
            time.sleep(REST)
            took, lost = _save(server, f"live {number}")
            if number > 1:  # the first has each read all files
                seconds[server].append(took)
                failed[server] += lost
    return Reload(
        Spread.of(seconds[dev]),
        Spread.of(seconds[uvicorn]),
        Spread.of_ratios(seconds[uvicorn], seconds[dev]),
        failed[dev],
        failed[uvicorn],
    )


DEV = ("toolbox", "dev", "--port")
UVICORN = (
    *("uvicorn", "api.app:create_app", "--factory", "--reload", "--reload-dir", "api"),
    *("--host", HOST, "--port"),
)


@contextmanager
def _running(name: str, command: Sequence[str], database: str, port: int) -> Iterator[Server]:
    """Run one of the two in a copy of its own, until the context ends.

    Raises:
        ToolboxError: it does not serve; the message ends with what it said.
    """
    with tempfile.TemporaryDirectory(prefix="pir-reload-") as folder:
        copy = Path(folder).resolve() / "checkout"
        _copy(copy)
        log = copy.with_name(f"{name}.log")
        with (
            log.open("w") as output,
            child(
                [sys.executable, "-m", *command, str(port)],
                development(database),
                output.fileno(),
                copy,
            ),
        ):
            yield Server(copy, _wait_until_live(log))


def _copy(target: Path) -> None:
    for part in PARTS:
        if (ROOT / part).is_dir():
            unwanted = shutil.ignore_patterns("__pycache__")
            shutil.copytree(ROOT / part, target / part, ignore=unwanted)
        else:
            shutil.copy(ROOT / part, target / part)


def _wait_until_live(log: Path) -> int:
    """Return the port that it says it listens on, once it answers there."""
    deadline = time.monotonic() + PATIENCE
    while time.monotonic() < deadline:
        said = re.search(rf"http://{re.escape(HOST)}:(\d+)", log.read_text())
        if said and "live" in (_ask(int(said[1])) or ""):
            return int(said[1])
        time.sleep(PAUSE)
    words = "\n  ".join(log.read_text().splitlines()[-10:])
    raise ToolboxError(f"It did not serve within {PATIENCE} seconds. Its last words:\n  {words}")


def _save(server: Server, answer: str) -> tuple[float, int]:
    """Save code that answers so; return the seconds until it does, and how many got no answer.

    Raises:
        ToolboxError: it does not answer so, or there is nothing to edit.
    """
    path = server.folder / EDITED
    text, number = ANSWER.subn(f'"{answer}"', path.read_text())
    if not number:
        raise ToolboxError(f"{EDITED} does not say {ANSWER.pattern}, which is edited here.")
    path.write_text(text)
    began, failed = time.perf_counter(), 0
    while time.perf_counter() - began < PATIENCE:
        said = _ask(server.port)
        if answer in (said or ""):
            return time.perf_counter() - began, failed
        failed += said is None
        time.sleep(PAUSE)
    raise ToolboxError(f"What was saved was not served within {PATIENCE} seconds.")


def _ask(port: int) -> str | None:
    """Return what the service says that it is, or None where it does not answer."""
    connection = http.client.HTTPConnection(HOST, port, timeout=PATIENCE)
    try:
        connection.request("GET", "/health/live")
        return connection.getresponse().read().decode()
    except (OSError, http.client.HTTPException):
        return None
    finally:
        connection.close()


def _free_port() -> int:
    with socket.create_server((HOST, 0)) as listener:
        port: int = listener.getsockname()[1]
        return port
