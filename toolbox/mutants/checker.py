"""The concurrency checker as a program: started on a service, and asked for its report."""

import json
import subprocess
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from toolbox.checkout import DATA
from toolbox.errors import ToolboxError
from toolbox.processes import child

PATIENCE = 600  # seconds that one run may take
LOGS = DATA / "mutants"

Report = dict[str, Any]


def check(
    app_url: str,
    seed: int,
    place: Path,
    options: Sequence[str],
    meanwhile: Callable[[subprocess.Popen[bytes]], None] = lambda _: None,
) -> Report:
    """Run the checker to its end and return its report.

    Args:
        app_url: the service.
        seed: the checker's.
        place: a path without suffix, beside which it writes report, history and what it says.
        options: further ones of the checker.
        meanwhile: is called when it has been started, with its process.

    Raises:
        ToolboxError: it gave no report; the message has its last words.
    """
    report, words = place.with_suffix(".json"), place.with_suffix(".out")
    report.unlink(missing_ok=True)
    command = [sys.executable, "-m", "integration_cli", "concurrency", "--app-url", app_url]
    command += ["--seed", str(seed), "--json", str(report)]
    command += ["--history", str(history_of(place)), *options]
    with words.open("w") as output, child(command, output=output.fileno()) as process:
        meanwhile(process)
        try:
            said = f"it ended with {process.wait(PATIENCE)}"
        except subprocess.TimeoutExpired:
            said = f"it did not end within {PATIENCE} s"
    if not report.exists():
        last = words.read_text().strip()[-500:]
        raise ToolboxError(f"The checker gave no report: {said}: {last}")
    found: Report = json.loads(report.read_text())
    return found


def history_of(place: Path) -> Path:
    """Return where the history of a run is: tens of megabytes, of which the report has the gist."""
    return place.with_suffix(".jsonl")


def log_folder() -> Path:
    """Return where the logs of services and checkers are kept, made if need be."""
    LOGS.mkdir(parents=True, exist_ok=True)
    return LOGS
