"""What the functional tests cost: how many run in a second, and what their isolation takes."""

import statistics
import sys
import tempfile
import time
import xml.etree.ElementTree as ET
from dataclasses import dataclass
from pathlib import Path

from toolbox.errors import ToolboxError
from toolbox.processes import run

PYTEST = [sys.executable, "-m", "pytest", "-q", "--no-header", "-p", "no:cacheprovider"]
PLUGINS = ["-c", "pyproject.toml", "-p", "tests.conftest", "-p", "tests.functional.conftest"]
COPIES = 200

# The same test twice: as it is written in tests/functional, and on sessions that nothing undoes.
ISOLATED = f"""
import pytest
from sqlalchemy import text

@pytest.mark.parametrize("number", range({COPIES}))
async def test_it(sessions, number):
    async with sessions.writing() as session:
        await session.execute(text("SELECT 1"))
        await session.commit()
"""
NOT_ISOLATED = f"""
import pytest
from api.database import Sessions

@pytest.fixture
def sessions(shared_engine, settings):
    return Sessions.of(shared_engine, settings)
{ISOLATED}
"""


@dataclass(frozen=True)
class TestCosts:
    """What a run of the tests costs.

    Attributes:
        tests: how many there are.
        per_second: how many run in a second, from the start of pytest to its end.
        isolation: milliseconds that the rolled-back transaction adds to a test.
    """

    tests: int
    per_second: float
    isolation: float


def measure(rounds: int) -> TestCosts:
    """Run all functional tests, and one with and without isolation, in turns.

    Raises:
        ToolboxError: a test failed, so there is nothing to measure.
    """
    with tempfile.TemporaryDirectory() as folder:
        report = Path(folder) / "report.xml"
        times = []
        for _ in range(rounds):
            began = time.perf_counter()
            _pytest("-n", "auto", f"--junitxml={report}", "tests/functional")
            times.append(time.perf_counter() - began)
        tests = len(list(ET.parse(report).iter("testcase")))  # noqa: S314 - pytest wrote it
        added = [_seconds(ISOLATED, folder) - _seconds(NOT_ISOLATED, folder) for _ in range(rounds)]
    return TestCosts(
        tests, tests / statistics.median(times), statistics.median(added) / COPIES * 1000
    )


def _seconds(source: str, folder: str) -> float:
    """Return how long the copies of a test take, their fixtures too, once the run has begun."""
    file = Path(folder) / "test_isolation.py"
    file.write_text(source)
    report = Path(folder) / "isolation.xml"
    _pytest(*PLUGINS, "-p", "no:randomly", f"--junitxml={report}", str(file))
    cases = list(ET.parse(report).iter("testcase"))  # noqa: S314 - pytest wrote it
    # The first one pays for what the whole run shares.
    return sum(float(case.attrib["time"]) for case in cases[1:])


def _pytest(*arguments: str) -> None:
    if run([*PYTEST, *arguments]) != 0:
        raise ToolboxError("A test failed: there is nothing to measure until all pass.")
