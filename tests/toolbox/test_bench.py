"""The benchmarks as a user runs them; nothing here says how fast is fast enough."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from toolbox.bench.load import size
from toolbox.checkout import ROOT


def bench(*arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "toolbox", "bench", *arguments],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )


def is_positive(spread: dict[str, float]) -> bool:
    return 0 < spread["lowest"] <= spread["median"] <= spread["highest"]


def test_api(tmp_path: Path) -> None:
    """The default benchmark reports start-up and throughput, as a table and as JSON."""
    path = tmp_path / "report.json"
    done = bench("--rounds", "1", "--seconds", "0.3", "--connections", "4", "--json", str(path))
    assert done.returncode == 0, done.stderr
    report: dict[str, list[dict[str, Any]]] = json.loads(path.read_text())
    assert [row["workers"] for row in report["startup"]] == [1, 2]
    names = [row["request"] for row in report["throughput"]]
    assert names == ["GET one item", "GET 100 items", "POST one item"]
    for row in report["startup"] + report["throughput"]:
        assert is_positive(row["service"])
        assert is_positive(row["bare"])
        assert is_positive(row["ratio"])
    for name in names:
        assert name in done.stdout


def test_startup(tmp_path: Path) -> None:
    """Start-up can be measured alone."""
    path = tmp_path / "report.json"
    done = bench("startup", "--rounds", "1", "--json", str(path))
    assert done.returncode == 0, done.stderr
    report = json.loads(path.read_text())
    assert len(report["startup"]) == 2
    assert report["throughput"] == []


def test_unknown_benchmark() -> None:
    """A benchmark that there is not is a mistake of usage."""
    done = bench("speed")
    assert done.returncode == 2
    assert "No such command 'speed'" in done.stderr


def test_size_of_an_answer() -> None:
    """The generator knows an answer's length from its head, and waits for all of that head."""
    head = b"HTTP/1.1 200 OK\r\ncontent-type: text/plain\r\nContent-Length: 2\r\n\r\n"
    assert size(head + b"ok") == len(head) + 2
    assert size(head[:-1]) == 0


def test_size_of_an_answer_without_length() -> None:
    """An answer of unknown length is an error, not a wait without end."""
    with pytest.raises(ValueError, match="subsection not found"):
        size(b"HTTP/1.1 200 OK\r\n\r\n")
