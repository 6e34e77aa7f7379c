"""What measures the checker itself runs, and its histories are those of a right app."""

import json
import subprocess
import sys
from pathlib import Path

from integration_cli.checks.catalogue import CATALOGUE
from integration_cli.checks.judge import judge
from integration_cli.checks.verdict import State
from integration_cli.history import read_history
from tests.integration_cli.generated import generate
from tests.integration_cli.story import PROFILE, WHOLE
from toolbox.checkout import ROOT


def run(*arguments: str) -> str:
    command = [sys.executable, "-m", *arguments]
    return subprocess.check_output(command, cwd=ROOT, text=True, timeout=120)


def test_generated_history_accuses_nobody() -> None:
    """A history of a right app, however long, breaks no invariant."""
    verdicts = judge(list(generate(3_000)), PROFILE, CATALOGUE)
    assert {one.state for one in verdicts} <= {State.HELD, State.SKIPPED, State.INCONCLUSIVE}
    assert any(one.state is State.HELD for one in verdicts)


def test_judging_is_measured(tmp_path: Path) -> None:
    """A history that is written is judged like that of a run, and each part tells what it took."""
    path = tmp_path / "history.jsonl"
    run("tests.integration_cli.generated", "2000", str(path))
    assert len(read_history(path).operations) == 2000
    parts = json.loads(run("integration_cli.reporting.cost", str(path), str(WHOLE)))
    assert set(parts) == {"reading", "judging", "rendering"}
    assert min(parts.values()) > 0


def test_generator_of_load_is_measured(app_url: str) -> None:
    """The load can be sent by itself, to hold its figures against another tool's."""
    url = f"{app_url}/health/live"
    said = run("integration_cli.load", url, "--rate", "40", "--seconds", "1")
    assert "p99" in said
