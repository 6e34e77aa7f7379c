"""What the functional tests cost: how many run in a second, and what their isolation takes."""

import sys
import tempfile
import time
import xml.etree.ElementTree as ET
from dataclasses import dataclass
from pathlib import Path

from toolbox.bench.figures import Figures, Spread, Table
from toolbox.bench.report import with_spread
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
async def test_it(database, number):
    async with database.sessions() as session:
        await session.execute(text("SELECT 1"))
        await session.commit()
"""
NOT_ISOLATED = f"""
import pytest
from api.database import Database

@pytest.fixture
def database(shared_engine, settings):
    return Database(shared_engine, settings)
{ISOLATED}
"""


@dataclass(frozen=True)
class TestCosts(Figures):
    """What a run of the functional tests costs."""

    tests: int
    """How many there are."""
    per_second: Spread
    """How many run in a second, from the start of pytest to its end."""
    isolation: Spread
    """Milliseconds that the rolled-back transaction adds to a test."""

    def tables(self) -> list[Table]:
        """Return the figures as tables."""
        rows = [
            ("tests a second, pytest's start included", with_spread(self.per_second, ".1f")),
            ("milliseconds that isolation adds to a test", with_spread(self.isolation, ".2f")),
        ]
        return [Table(f"The {self.tests} functional tests", ("", "Figure"), rows)]


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
        tests=tests,
        per_second=Spread.of([tests / seconds for seconds in times]),
        isolation=Spread.of([seconds / COPIES * 1000 for seconds in added]),
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
