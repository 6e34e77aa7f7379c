"""The benchmarks of several workers: what is compared, and what is left open."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from toolbox.bench import rivals
from toolbox.bench.figures import Effort
from toolbox.bench.workers import Round, sum_up
from toolbox.checkout import ROOT
from toolbox.errors import ToolboxError
from toolbox.resilience.service import OURS


def a_round(rate: float, busy: float = 1.0, generator: float = 0.5, idle: float = 0.5) -> Round:
    return Round(rate, rate / busy, busy, 0.5, generator, idle)


class TestLimit:
    @pytest.mark.parametrize(
        ("seen", "limit"),
        [
            (a_round(1000, busy=0.95), "the workers"),
            (a_round(1000, busy=0.5, generator=0.95), "the generator"),
            (a_round(1000, busy=0.5, idle=0.05), "the cores"),
            (a_round(1000, busy=0.5), "none"),
        ],
    )
    def test_is_named(self, seen: Round, limit: str) -> None:
        """What could not do more is told from what had time to spare."""
        assert seen.limit == limit

    def test_of_the_generator(self) -> None:
        """Where the generator was the limit there is no ratio of rates, but one of capacity."""
        scaling = sum_up("GET", [a_round(1000)], [a_round(1000, busy=0.5, generator=1.0)])
        assert scaling.ratio is None
        assert scaling.limits == ["the generator"]
        assert scaling.capacity.median == 2.0

    def test_of_the_workers(self) -> None:
        """Where the workers were the limit in both, the rates say what the second one adds."""
        ratio = sum_up("GET", [a_round(1000)], [a_round(1900)]).ratio
        assert ratio is not None
        assert ratio.median == 1.9


def test_workers(tmp_path: Path) -> None:
    """Two kinds of requests are measured, each by one worker and by two."""
    path = tmp_path / "report.json"
    options = ["--rounds=1", "--seconds=0.3", "--connections=4", f"--json={path}"]
    command = [sys.executable, "-m", "toolbox", "bench", "workers", *options]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    scaling = json.loads(path.read_text())["scaling"]
    assert [row["request"] for row in scaling] == ["GET /health/live", "GET one item"]
    assert all(row["capacity"]["median"] > 0 for row in scaling)


class TestServers:
    def test_goes_through_everything(self, monkeypatch: pytest.MonkeyPatch) -> None:
        """A server's losses are told event by event, and beside them what it costs."""
        monkeypatch.setattr(rivals, "SERVERS", (OURS,))
        monkeypatch.setattr(rivals, "NEEDED", ())
        losses, costs = rivals.measure(Effort(1, 0.3, 4), seconds=1).tables()
        assert losses.columns[1:-1] == (
            "start",
            "steady state",
            "rolling restart",
            "worker killed",
            "SIGTERM",
        )
        assert [row[0] for row in (*losses.rows, *costs.rows)] == [OURS.name] * 2

    def test_not_installed(self, monkeypatch: pytest.MonkeyPatch) -> None:
        """A server that is not there is named, with the command that brings it."""
        monkeypatch.setattr(rivals, "NEEDED", ("no_such_server",))
        with pytest.raises(ToolboxError, match=r"no_such_server\. Run: nox -s bench -- servers"):
            rivals.measure(Effort(1), seconds=1)
