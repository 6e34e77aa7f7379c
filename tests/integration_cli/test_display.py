"""What a run looks like while it goes on."""

from dataclasses import replace

import pytest

from integration_cli.pulse import Pulse, sparkline
from tests.integration_cli.story import API, Story


class TestPulse:
    def test_second_by_second(self) -> None:
        """A second is summed up once it is over; an operation is counted once."""
        story = Story()
        for number in range(10):
            story.reads("i", "n", at=(number / 2, number / 2 + 0.1))
        pulse = Pulse(story.operations)
        pulse.follow()
        pulse.follow()
        assert pulse.count == 10
        assert [(beat.answers, round(beat.p50)) for beat in pulse.beats] == [(2, 100)] * 4

    def test_failures_by_kind(self) -> None:
        """A refusal is an answer; a 5xx and silence are none."""
        story = Story()
        for status in (200, 409, 503, 503, None):
            story.tell(API.live(), status)
        pulse = Pulse([replace(one, worker="7") for one in story.operations])
        pulse.follow()
        assert pulse.failures == {"503": 2, "time-out": 1}
        assert pulse.workers == {"7"}


class TestSparkline:
    @pytest.mark.parametrize(
        ("values", "line"),
        [
            ([], ""),
            ([0, 0], "▁▁"),
            ([0, 7], "▁█"),
            ([7, 7], "██"),
            ([1, 2, 3, 4, 5, 6, 7], "▂▃▄▅▆▇█"),
        ],
    )
    def test_bars(self, values: list[float], line: str) -> None:
        assert sparkline(values, 7) == line

    def test_the_last(self) -> None:
        assert sparkline([9, 9, 9, 0, 1], 2) == "▁█"

    def test_a_stall_does_not_flatten_the_rest(self) -> None:
        """Latencies differ by factors: on a logarithmic line small ones can still be told apart."""
        assert sparkline([1, 10, 1000], 3, log=True) == "▁▃█"
