"""Which answers an app may give."""

from dataclasses import replace

import pytest

from integration_cli.checks import answers, races
from integration_cli.checks.verdict import State
from tests.integration_cli.story import Story


@pytest.fixture
def story() -> Story:
    return Story()


class TestUniqueRace:
    @pytest.mark.parametrize(
        ("statuses", "state"),
        [
            ([201, 409, 409], State.HELD),
            ([201, 409, None], State.HELD),
            ([201, 409, 503], State.HELD),
            ([409, 409, None], State.INCONCLUSIVE),
            ([201, 201, 409], State.VIOLATED),
            ([201, 500, 409], State.VIOLATED),
            ([409, 409, 409], State.VIOLATED),
        ],
    )
    def test_race(self, story: Story, statuses: list[int | None], state: State) -> None:
        """Exactly one wins; a time-out may be the winner; a 500 is never an answer to losing."""
        story.race = "unique-creation#1"
        for number, status in enumerate(statuses):
            story.creates(f"i{number}", f"w{number}", status, name="same")
        assert story.judged(races.unique_race).state is state


class TestUniqueNames:
    def test_holds(self, story: Story) -> None:
        story.phase = "audit"
        story.lists(("i", "one"), ("j", "two"), names=True)
        assert story.judged(races.unique_names).state is State.HELD

    def test_twice(self, story: Story) -> None:
        """Two items of one name name the requests that created them."""
        story.creates("i", "w1", name="same")
        story.creates("j", "w2", name="same")
        story.phase = "audit"
        story.lists(("i", "same"), ("j", "same"), names=True)
        verdict = story.judged(races.unique_names)
        assert verdict.state is State.VIOLATED
        assert len(verdict.findings[0].operations) == 3


class TestNoServerError:
    @pytest.mark.parametrize("status", [201, 409, 503])
    def test_holds(self, story: Story, status: int) -> None:
        """Success, refusal and overload are answers."""
        story.creates("i", "w1", status)
        assert story.judged(answers.no_server_error).state is State.HELD

    @pytest.mark.parametrize("status", [500, 502, 504])
    def test_violated(self, story: Story, status: int) -> None:
        story.creates("i", "w1", status)
        assert story.judged(answers.no_server_error).state is State.VIOLATED


class TestDeadlocksAreRetried:
    def window(self, story: Story, race: str, *statuses: int | None) -> None:
        """Bulk updates of one window, which overlap."""
        story.race = race
        begin = len(story.operations) * 10.0
        for number, status in enumerate(statuses):
            story.writes_together(["a", "b"], f"{race} {number}", status)
            told = story.operations.pop()
            moved = replace(told, invoked=int(begin + number), returned=int(begin + 9))
            story.operations.append(moved)

    def test_holds(self, story: Story) -> None:
        self.window(story, "opposed#0", 200, 200)
        assert story.judged(answers.deadlocks_are_retried).state is State.HELD

    def test_shown_as_500(self, story: Story) -> None:
        self.window(story, "opposed#0", 200, 500)
        assert story.judged(answers.deadlocks_are_retried).state is State.VIOLATED

    def test_shown_as_422(self, story: Story) -> None:
        """What is run again must have its body again."""
        self.window(story, "opposed#0", 200, 422)
        assert story.judged(answers.deadlocks_are_retried).state is State.VIOLATED

    def test_shown_as_503(self, story: Story) -> None:
        """As many updates in one order passed, so a 503 again and again is a deadlock."""
        self.window(story, "aligned#0", 200, 200)
        for number in range(answers.SEVERAL):
            self.window(story, f"opposed#{number}", 200, 503)
        assert story.judged(answers.deadlocks_are_retried).state is State.VIOLATED

    def test_overload(self, story: Story) -> None:
        """An app that is overloaded without any deadlock is not blamed, and not praised."""
        self.window(story, "aligned#0", 200, 503)
        for number in range(answers.SEVERAL):
            self.window(story, f"opposed#{number}", 200, 503)
        assert story.judged(answers.deadlocks_are_retried).state is State.INCONCLUSIVE

    def test_an_outage(self, story: Story) -> None:
        """A database that goes away and comes back cuts two windows in two: that is no deadlock."""
        self.window(story, "aligned#0", 200, 200)
        self.window(story, "opposed#0", 200, 503)
        self.window(story, "opposed#1", 503, 503)
        self.window(story, "opposed#2", 503, 200)
        assert story.judged(answers.deadlocks_are_retried).state is State.INCONCLUSIVE

    def test_time_out(self, story: Story) -> None:
        self.window(story, "opposed#0", 200, None)
        assert story.judged(answers.deadlocks_are_retried).state is State.INCONCLUSIVE
