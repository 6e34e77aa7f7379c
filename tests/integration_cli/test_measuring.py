"""What measures the checker itself runs, and its histories are those of a right app."""

import re
import subprocess
import sys

from integration_cli.checks.catalogue import CATALOGUE
from integration_cli.checks.judge import judge
from integration_cli.checks.verdict import State
from tests.integration_cli.generated import generate
from tests.integration_cli.story import PROFILE
from toolbox.checkout import ROOT


def run(*arguments: str) -> str:
    command = [sys.executable, "-m", *arguments]
    return subprocess.check_output(command, cwd=ROOT, text=True, timeout=120)


def test_generated_history_accuses_nobody() -> None:
    """A history of a right app, however long, breaks no invariant."""
    verdicts = judge(list(generate(3_000)), PROFILE, CATALOGUE)
    assert {one.state for one in verdicts} <= {State.HELD, State.SKIPPED, State.INCONCLUSIVE}
    assert any(one.state is State.HELD for one in verdicts)


def test_judging_is_measured() -> None:
    """The command says how many operations it judged, and what that took."""
    assert "2000" in re.sub(r"[,_ ]", "", run("tests.integration_cli.generated", "2000"))


def test_generator_of_load_is_measured(app_url: str) -> None:
    """The load can be sent by itself, to hold its figures against another tool's."""
    url = f"{app_url}/health/live"
    said = run("integration_cli.load", url, "--rate", "40", "--seconds", "1")
    assert "p99" in said
