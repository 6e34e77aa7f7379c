"""The knee: which rates are tried, which is named, and that each write of a search is unique."""

import math
import sys
from collections import Counter
from pathlib import Path

import pytest

from integration_cli.history import read_history
from integration_cli.latency import Distribution
from integration_cli.load.generator import Pace
from integration_cli.load.knee import Knee, find, holds
from integration_cli.load.run import Loaded
from integration_cli.load.step import Step
from integration_cli.load.thresholds import Thresholds
from integration_cli.operation import Kind
from integration_cli.outcome import Exit
from tests.integration_cli.liar import Liar, serving
from tests.integration_cli.story import WHOLE
from tests.integration_cli.test_locust import run


def step(rate: float, p99: float = 1.0, *, failures: int = 0, late: bool = False) -> Step:
    """A load of one second, all answered after as many milliseconds."""
    times = Distribution.of([p99] * round(rate))
    lags = [20_000_000 if late else 1_000] * round(rate)
    failed = Counter({"503": failures} if failures else {})
    return Step(rate, 1.0, Pace(round(rate), 1.0, lags), times, times, failed)


async def searched(
    capacity: float, first: float = 100, most: float = 2000, late_from: float = math.inf
) -> tuple[Knee, list[float]]:
    """Search an app that holds up to a rate, by a generator that is late from another on."""
    tried: list[float] = []

    async def attempt(rate: float) -> Step:
        tried.append(rate)
        return step(rate, 1.0 if rate <= capacity else 1000.0, late=rate >= late_from)

    return await find(attempt, first, most=most), tried


class TestFind:
    async def test_raised_until_it_breaks(self) -> None:
        """The rate grows by a factor until it does not hold; then the gap is halved twice."""
        knee, tried = await searched(capacity=300)
        assert tried == pytest.approx([100, 160, 256, 409.6, 332.8, 294.4])
        assert knee.rate == pytest.approx(294.4)
        assert str(knee) == "294 requests a second"

    async def test_halves_that_hold(self) -> None:
        """A half that holds is where the next gap begins."""
        knee, tried = await searched(capacity=400)
        assert tried == pytest.approx([100, 160, 256, 409.6, 332.8, 371.2])
        assert knee.rate == pytest.approx(371.2)

    async def test_the_first_breaks(self) -> None:
        """Where the first rate is too much nothing below it is known."""
        knee, tried = await searched(capacity=50)
        assert (tried, knee.rate) == ([100], None)
        assert str(knee) == "no rate held: even the first was too much"

    async def test_the_most(self) -> None:
        """Above the most that is tried the app may still hold, and that is said."""
        knee, tried = await searched(capacity=math.inf, most=500)
        assert tried == pytest.approx([100, 160, 256, 409.6, 500])
        assert str(knee) == "500 requests a second; the most that is tried"

    async def test_the_first_is_the_most(self) -> None:
        """Nothing is tried above it."""
        knee, tried = await searched(capacity=math.inf, first=500, most=500)
        assert (tried, knee.rate) == ([500], 500)

    async def test_doubt(self) -> None:
        """A rate that a late generator did not hold is not held against the app."""
        knee, tried = await searched(capacity=200, late_from=250)
        assert tried == pytest.approx([100, 160, 256])
        assert knee.rate == 160
        assert str(knee) == (
            "160 requests a second; not known above: at 256/s "
            "the generator itself was late (p99 20.0 ms)"
        )

    async def test_doubt_at_once(self) -> None:
        """One that was late at the first rate has found nothing."""
        knee, tried = await searched(capacity=50, late_from=0)
        assert (tried, knee.rate) == ([100], None)
        assert str(knee).startswith("not known above: at 100/s the generator itself was late")

    async def test_held_although_late(self) -> None:
        """Its lateness can only have made the app look worse: what holds even so, holds."""
        knee, _ = await searched(capacity=300, late_from=0)
        assert knee.rate == 256

    async def test_steps(self) -> None:
        """Every step is kept, in the order in which it was tried."""
        knee, tried = await searched(capacity=300)
        assert [one.rate for one in knee.steps] == tried


class TestHolds:
    @pytest.mark.parametrize(
        ("tried", "is_held"),
        [
            (step(100, 250.0), True),
            (step(100, 250.1), False),
            (step(100, failures=1), False),
        ],
    )
    def test_by_default(self, tried: Step, *, is_held: bool) -> None:
        """A quarter of a second, and no error."""
        assert holds(tried) is is_held

    def test_as_asked(self) -> None:
        """The limits of who asks take their place."""
        assert holds(step(100, 900.0, failures=5), p99=1000, errors=0.05)
        assert not holds(step(100, 900.0, failures=6), p99=1000, errors=0.05)

    def test_falls_behind(self) -> None:
        """Answers that come more slowly than they are due are a queue that grows."""
        slow = step(100)
        slow.pace.seconds = 1.2
        assert not holds(slow)


class TestLimits:
    def test_judged_where_it_holds(self) -> None:
        """Limits hold for the rate that the search names, not for one that it tried and dropped."""
        steps = [step(100), step(160), step(256, 900.0), step(208, 900.0)]
        loaded = Loaded(steps, Knee(steps, rate=160))
        assert loaded.judged is steps[1]
        assert Thresholds({"p99": 250.0}).judge(loaded.judged)[0].state is Exit.HELD

    def test_nothing_held(self) -> None:
        """Where no rate held, the limit was missed at the first."""
        loaded = Loaded([step(100, 900.0)], Knee())
        assert Thresholds({"p99": 250.0}).judge(loaded.judged)[0].state is Exit.MISSED

    def test_without_a_search(self) -> None:
        only = step(100)
        assert Loaded([only]).judged is only


async def test_every_write_is_unique(tmp_path: Path) -> None:
    """No value is written in two steps: the second would look like an older version."""
    path = tmp_path / "h.jsonl"
    async with serving(Liar()) as url:
        options = "--users 2 --only load --rate 20 --knee --duration 0.5 --errors 100% --p99 60s"
        files = ("--history", path, "--ledger-dir", tmp_path)
        command = (sys.executable, "-m", "integration_cli", "concurrency", "--app-url", url)
        await run(*command, "--profile", WHOLE, *options.split(), *files)
    history = read_history(path)
    assert len(history.notes["load"]) > 1
    values = Counter(
        str(one.body)
        for one in history.operations
        if one.phase == "load" and one.kind is Kind.UPDATE_ITEM
    )
    assert [value for value, count in values.items() if count > 1] == []
