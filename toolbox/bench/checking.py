"""What it costs to judge a history of `concurrency`, as who has one does: by `report`."""

import json
import os
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from toolbox.bench.figures import Figures, Spread, Table
from toolbox.bench.report import with_spread
from toolbox.checkout import ROOT
from toolbox.errors import ToolboxError
from toolbox.processes import ask

GENERATOR = [sys.executable, "-m", "tests.integration_cli.generated"]
REPORT = [sys.executable, "-m", "integration_cli", "concurrency", "report"]
COST = [sys.executable, "-m", "integration_cli.reporting.cost"]
PROFILE = "tests/integration_cli/whole.toml"  # that of the history
JUDGED = {0, 5}  # the exit codes of a report that accuses nobody
MIB = 2**20 if sys.platform == "darwin" else 2**10  # in what the kernel counts the peak by


@dataclass(frozen=True)
class Checking(Figures):
    """What `concurrency report` takes for a history, and its parts: processor time in seconds."""

    operations: int
    report: Spread
    """All of it, from the start of Python to a page of HTML."""
    memory: Spread
    """The most that it held, in MiB."""
    reading: Spread
    judging: Spread
    rendering: Spread

    def tables(self) -> list[Table]:
        """Return the figures as tables."""
        rows = [
            ("`report`, CPU s", with_spread(self.report, ".2f")),
            ("`report`, peak MiB", with_spread(self.memory, ".0f")),
            ("reading, CPU s", with_spread(self.reading, ".2f")),
            ("judging, CPU s", with_spread(self.judging, ".2f")),
            ("rendering, CPU s", with_spread(self.rendering, ".2f")),
        ]
        return [Table(f"Judging {self.operations:,} operations", ("", "Figure"), rows)]


def measure(operations: int, rounds: int) -> Checking:
    """Report on a generated history of so many operations, again and again.

    Raises:
        ToolboxError: the report accuses the app, or is none; or this is Windows, which does not
            tell what a process took.
    """
    if sys.platform == "win32":
        raise ToolboxError("Windows does not tell what a process took: measure on another system.")
    with TemporaryDirectory() as folder:
        path, page = Path(folder) / "history.jsonl", Path(folder) / "report.html"
        ask([*GENERATOR, str(operations), str(path)])
        wholes, parts = [], []
        for _ in range(rounds):
            wholes.append(_spent([*REPORT, str(path), "--profile", PROFILE, "--html", str(page)]))
            parts.append(json.loads(ask([*COST, str(path), PROFILE])))
    return Checking(
        operations,
        Spread.of([seconds for seconds, _ in wholes]),
        Spread.of([peak for _, peak in wholes]),
        *(Spread.of([one[name] for one in parts]) for name in ("reading", "judging", "rendering")),
    )


def _spent(command: Sequence[str]) -> tuple[float, float]:
    """Return the processor time of a command in seconds, and the most memory it held in MiB."""
    process = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.DEVNULL)
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode not in JUDGED:
        raise ToolboxError(f"{' '.join(command)} ended with {process.returncode}.")
    return usage.ru_utime + usage.ru_stime, usage.ru_maxrss / MIB
