"""Which answers an app may give."""

from dataclasses import replace

import pytest

from integration_cli.checks import answers
from integration_cli.checks.verdict import State
from integration_cli.operation import Trouble
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
        story.phase = "races"
        for number, status in enumerate(statuses):
            story.creates(f"i{number}", f"w{number}", status, name="same")
        assert story.judged(answers.unique_race).state is state


class TestUniqueNames:
    def test_holds(self, story: Story) -> None:
        story.phase = "audit"
        story.lists(("i", "one"), ("j", "two"), names=True)
        assert story.judged(answers.unique_names).state is State.HELD

    def test_twice(self, story: Story) -> None:
        """Two items of one name name the requests that created them."""
        story.creates("i", "w1", name="same")
        story.creates("j", "w2", name="same")
        story.phase = "audit"
        story.lists(("i", "same"), ("j", "same"), names=True)
        verdict = story.judged(answers.unique_names)
        assert verdict.state is State.VIOLATED
        assert len(verdict.violations[0].operations) == 3


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
    def updates(self, story: Story, phase: str, status: int | None) -> None:
        story.phase = phase
        story.writes_together(["a", "b"], f"{phase} {status}", status)

    def test_holds(self, story: Story) -> None:
        self.updates(story, "round-0", 200)
        assert story.judged(answers.deadlocks_are_retried).state is State.HELD

    def test_shown_as_500(self, story: Story) -> None:
        self.updates(story, "round-0", 500)
        assert story.judged(answers.deadlocks_are_retried).state is State.VIOLATED

    def test_reset(self, story: Story) -> None:
        self.updates(story, "round-0", None)
        story.operations[-1] = replace(story.operations[-1], trouble=Trouble.RESET)
        assert story.judged(answers.deadlocks_are_retried).state is State.VIOLATED

    def test_shown_as_503(self, story: Story) -> None:
        """As many updates in one order passed, so the 503 is not overload but a deadlock."""
        self.updates(story, "control-0", 200)
        self.updates(story, "round-0", 503)
        assert story.judged(answers.deadlocks_are_retried).state is State.VIOLATED

    def test_overload(self, story: Story) -> None:
        """An app that is overloaded without any deadlock is not blamed, and not praised."""
        self.updates(story, "control-0", 503)
        self.updates(story, "round-0", 503)
        assert story.judged(answers.deadlocks_are_retried).state is State.INCONCLUSIVE

    def test_time_out(self, story: Story) -> None:
        self.updates(story, "round-0", None)
        assert story.judged(answers.deadlocks_are_retried).state is State.INCONCLUSIVE
