"""The benchmark of the checker's load generator: what others print, and what a stall makes."""

import json
import subprocess
import sys
from pathlib import Path
from typing import ClassVar

import pytest

from toolbox.bench.figures import Latency
from toolbox.bench.openloop import Through, p99_of_stall, sum_up
from toolbox.bench.scheduled import Checker, Sent, Wrk2
from toolbox.checkout import ROOT
from toolbox.errors import ToolboxError

WRK2 = """\
  Thread calibration: mean lat.: 2.112ms, rate sampling interval: 10ms
  Latency Distribution (HdrHistogram - Recorded Latency)
 50.000%    1.75ms
 75.000%    2.34ms
 99.000%    1.04s
 99.900%    1.05s
100.000%    1.05s

  Latency Distribution (HdrHistogram - Uncorrected Latency (measured without taking delayed starts))
 50.000%  900.00us
 99.000%    2.10ms
"""


def wrk2() -> Wrk2:
    return Wrk2("http://localhost", {}, 8, 500)


class TestWrk2:
    def test_counts_from_when_a_request_was_due(self) -> None:
        """Of its two distributions the one is taken that a stall is charged to."""
        assert wrk2().read(WRK2) == Sent(Latency(0.00175, 1.04))

    @pytest.mark.parametrize(
        "said",
        ["", WRK2 + "  Non-2xx or 3xx responses: 12\n", WRK2 + "  Socket errors: connect 3\n"],
    )
    def test_what_went_wrong_is_said(self, said: str) -> None:
        """Percentiles of errors are none."""
        with pytest.raises(ToolboxError, match="wrk2 says"):
            wrk2().read(said)

    def test_counts_as_long_as_asked(self) -> None:
        """What it does before it counts is added."""
        assert {"--rate=500", "--duration=15s"} <= {*wrk2().command(5)}


def test_unanswered_requests_are_no_latency() -> None:
    """Neither are those of the checker's own."""
    with pytest.raises(ToolboxError, match="503"):
        Checker("http://localhost", {}, 8, 500).read(json.dumps({"failures": {"503": 1}}))


@pytest.mark.parametrize("seconds", [2, 10, 20])
def test_p99_of_a_stall(seconds: int) -> None:
    """It is what one sees at ten thousand requests a second, each answered at once or after it."""
    waits = sorted(max(0.0, 1 - due / 10_000) for due in range(seconds * 10_000))
    assert p99_of_stall(1, seconds) == pytest.approx(waits[int(0.99 * len(waits))], abs=0.001)


class TestSummary:
    OURS = Sent(Latency(0.002, 0.010), cpu=0.0002)
    STALLED: ClassVar = {"concurrency": [Through(OURS, due=1.0)]}

    def test_beside_wrk2(self) -> None:
        """Of a steady load wrk2 is the measure, of a stall what is due."""
        steady = {"concurrency": [self.OURS], "wrk2": [Sent(Latency(0.001, 0.008))]}
        figures = sum_up(500, steady, {"concurrency": [Through(self.OURS, due=0.020)]})
        [ours, _] = figures.steady
        assert ours.p50_ratio is not None
        assert ours.p99_ratio is not None
        assert (ours.p50_ratio.median, ours.p99_ratio.median) == (2.0, 1.25)
        assert figures.stalled[0].ratio.median == 0.5

    def test_without_wrk2(self) -> None:
        """Where it is not installed there is no ratio, and not one to itself."""
        figures = sum_up(500, {"concurrency": [self.OURS]}, self.STALLED)
        assert (figures.steady[0].p50_ratio, figures.steady[0].p99_ratio) == (None, None)

    def test_doubts_are_printed(self) -> None:
        """What the generator doubts of itself stands below its figures."""
        doubtful = Sent(self.OURS.latency, self.OURS.cpu, "the generator itself was late")
        figures = sum_up(500, {"concurrency": [doubtful]}, self.STALLED)
        assert "the generator itself was late" in "".join(figures.tables()[0].notes)


def test_measured(tmp_path: Path) -> None:
    """A real service is asked, and stands still for a second; who is not installed is left out."""
    path = tmp_path / "report.json"
    options = ["--rounds=1", "--seconds=2", "--connections=4", f"--json={path}"]
    command = [sys.executable, "-m", "toolbox", "bench", "generator", *options]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    figures = json.loads(path.read_text())
    assert figures["steady"][0]["name"] == "concurrency"
    # That it stood still is seen, however slow everything else is.
    assert figures["stalled"][0]["p99"]["median"] > p99_of_stall(1, 2)
