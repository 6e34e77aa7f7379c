"""The chaos finds what it is for: each server here has one fault, and that one is named."""

import json
import subprocess
import sys
import xml.etree.ElementTree as ET
from collections.abc import Iterator
from pathlib import Path

import pytest

from toolbox.checkout import ROOT
from toolbox.resilience import run
from toolbox.resilience.events import EVENTS, KILL, RESTART, START, STOP, Event
from toolbox.resilience.run import Stage
from toolbox.resilience.service import Server
from toolbox.resilience.trial import Plan, Trial


@pytest.fixture(scope="module")
def stage() -> Iterator[Stage]:
    with run.stage() as made:
        yield made


def careless(fault: str) -> Server:
    words = ("-m", "tests.toolbox.careless", fault, "--port", "{port}", "--workers", "{workers}")
    return Server(fault, words)


def show(stage: Stage, folder: Path, fault: str, *events: Event) -> Trial:
    plan = Plan(1, seconds=1, rate=40, events=(START, *events, STOP), server=careless(fault))
    return stage.try_out(plan, folder / "log")


class TestFaults:
    def test_bound_and_not_listening(self, stage: Stage, tmp_path: Path) -> None:
        """A server that says where it is before it listens refuses, and that is counted."""
        trial = show(stage, tmp_path, "deaf")
        assert trial.results[0].outcomes["refused"] > 0
        assert any(fault.startswith("start: refused: ") for fault in trial.faults)

    def test_closed_without_notice(self, stage: Stage, tmp_path: Path) -> None:
        """A worker that closes idle connections at once when it ends is told from one that asks."""
        trial = show(stage, tmp_path, "hasty", RESTART)
        # It is luck which of the two a connection meets.
        named = ("kept connections closed without notice: ", "reset: ")
        assert any(
            fault.startswith(f"rolling restart: {what}") for fault in trial.faults for what in named
        )

    def test_acknowledged_before_the_commit(self, stage: Stage, tmp_path: Path) -> None:
        """A write that was acknowledged, and that died with its worker, is missed."""
        trial = show(stage, tmp_path, "early", KILL)
        if trial.verdict == "inconclusive":
            pytest.skip("the machine is too slow: the load was late, and perhaps lost nothing")
        assert trial.verdict == "failed"
        assert any("writes acknowledged, but not there: " in fault for fault in trial.faults)

    def test_acts_twice(self, stage: Stage, tmp_path: Path) -> None:
        """A write that was made twice is seen."""
        trial = show(stage, tmp_path, "twice")
        assert trial.verdict == "failed"
        assert any("writes made twice: " in fault for fault in trial.faults)


def test_session(tmp_path: Path) -> None:
    """All that happens to the service is told to people, to programs and to CI alike."""
    figures, junit = tmp_path / "figures.json", tmp_path / "junit.xml"
    options = ["--workers=1", "--seconds=1", "--rate=40"]
    reports = [f"--json={figures}", f"--junit={junit}"]
    done = subprocess.run(
        [sys.executable, "-m", "toolbox", "resilience", *options, *reports],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=280,
        check=False,
    )
    [trial] = json.loads(figures.read_text())["trials"]
    assert [one["event"] for one in trial["results"]] == [event.name for event in EVENTS]
    assert trial["audit"]["acknowledged"] > 0
    assert trial["audit"]["faults"] == []
    suite = ET.parse(junit).findall("./testsuite/testcase")  # noqa: S314 - we wrote it
    failed = [case.get("name") for case in suite if case.find("failure") is not None]
    assert failed == [one["title"] for one in trial["results"] if one["faults"]]
    assert done.returncode == {"passed": 0, "failed": 1, "inconclusive": 3}[trial["verdict"]]
    assert done.stdout.splitlines()[-2:] == [trial["verdict"], ""]
