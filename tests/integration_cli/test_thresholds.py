"""What a load is held to: how limits are written, and what is made of a step."""

from collections import Counter

import click
import pytest

from integration_cli.latency import Distribution
from integration_cli.load.generator import Pace
from integration_cli.load.step import Step
from integration_cli.load.thresholds import Duration, Share, Thresholds
from integration_cli.outcome import Exit

LATE = [20_000_000] * 100  # ns: a generator that was itself late, each time


def step(milliseconds: float, failures: int = 0, lags: list[int] | None = None) -> Step:
    """A load of a hundred requests in a second, each answered after so long."""
    times = Distribution.of([milliseconds] * 100)
    failed = Counter({"500": failures} if failures else {})
    return Step(100, 1.0, Pace(100, 1.0, lags or []), times, times, failed)


def read(kind: click.ParamType[float], text: str) -> float:
    return kind.convert(text, None, None)


class TestDuration:
    @pytest.mark.parametrize(
        ("text", "milliseconds"),
        [("200ms", 200), ("1.5s", 1500), ("250us", 0.25), (" 3 s ", 3000), ("0.5ms", 0.5)],
    )
    def test_read(self, text: str, milliseconds: float) -> None:
        """A number and its unit are milliseconds."""
        assert read(Duration(), text) == milliseconds

    @pytest.mark.parametrize(
        "text", ["", "200", "ms", "-1ms", "0ms", "0.0s", "1e3ms", "1,5s", ".5s", "2 h", "1ms 2ms"]
    )
    def test_refused(self, text: str) -> None:
        """What is none is shown, with what one looks like."""
        with pytest.raises(click.BadParameter) as caught:
            read(Duration(), text)
        said = f"{text!r} is not a time with its unit, such as 200ms or 1.5s."
        assert caught.value.message == said


class TestShare:
    @pytest.mark.parametrize(
        ("text", "share"), [("0", 0), ("0%", 0), ("0.1%", 0.001), ("100 %", 1), (" 5% ", 0.05)]
    )
    def test_read(self, text: str, share: float) -> None:
        """Nothing at all, or so many of a hundred."""
        assert read(Share(), text) == pytest.approx(share)

    @pytest.mark.parametrize("text", ["", "%", "1", "0.1", "-1%", "101%", "100.1%", "1 of 10"])
    def test_refused(self, text: str) -> None:
        """A bare number could be either, and is refused like all else that is no share."""
        with pytest.raises(click.BadParameter) as caught:
            read(Share(), text)
        assert caught.value.message == f"{text!r} is not a share of requests, such as 0 or 0.1%."


class TestThresholds:
    @pytest.mark.parametrize(
        ("milliseconds", "lags", "state"),
        [
            (200.0, [], Exit.HELD),
            (200.1, [], Exit.MISSED),
            (200.0, LATE, Exit.HELD),
            (200.1, LATE, Exit.INCONCLUSIVE),
        ],
    )
    def test_latency(self, milliseconds: float, lags: list[int], state: Exit) -> None:
        """The limit itself is kept; a generator that was late can only have made it look worse."""
        [result] = Thresholds({"p99": 200.0}).judge(step(milliseconds, lags=lags))
        assert result.state is state

    @pytest.mark.parametrize(
        ("failures", "lags", "state"),
        [
            (1, [], Exit.HELD),
            (2, [], Exit.MISSED),
            (1, LATE, Exit.HELD),
            (2, LATE, Exit.INCONCLUSIVE),
        ],
    )
    def test_errors(self, failures: int, lags: list[int], state: Exit) -> None:
        [result] = Thresholds(errors=0.01).judge(step(1.0, failures, lags))
        assert result.state is state

    def test_none(self) -> None:
        """Without limits there is nothing to hold it to."""
        assert Thresholds().judge(step(9e9, 100)) == []

    def test_says(self) -> None:
        """A person reads what was measured, and the limit."""
        latency, errors = Thresholds({"p50": 1.5}, 0.001).judge(step(2.25, 1))
        assert str(latency) == "p50: 2.2 ms, limit 1.5 ms: missed"
        assert str(errors) == "errors: 1 of 100, limit 0.1 %: missed"
