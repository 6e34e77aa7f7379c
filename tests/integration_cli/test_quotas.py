"""The count that a user is told, while its items come and go."""

import pytest

from integration_cli.checks import quotas
from integration_cli.checks.verdict import State
from integration_cli.endpoints import Change
from tests.integration_cli.story import API, Story, shown


@pytest.fixture
def story() -> Story:
    return Story()


def told(story: Story, count: int, at: tuple[float, float] | None = None) -> State:
    story.tell(API.read_me(), 200, {"id": "ada", "item_quota": 100, "item_count": count}, at=at)
    return story.judged(quotas.limits_hold).state


class TestCount:
    @pytest.mark.parametrize(
        ("count", "state"), [(0, State.VIOLATED), (1, State.HELD), (2, State.VIOLATED)]
    )
    def test_of_one(self, story: Story, count: int, state: State) -> None:
        """What was acknowledged is counted, and nothing else."""
        story.creates("a", "w")
        assert told(story, count) is state

    @pytest.mark.parametrize(
        ("count", "state"), [(0, State.HELD), (1, State.HELD), (2, State.VIOLATED)]
    )
    def test_of_an_unanswered_creation(self, story: Story, count: int, state: State) -> None:
        """What may have been made may be counted."""
        story.creates("a", "w", None)
        assert told(story, count) is state

    @pytest.mark.parametrize(
        ("status", "count", "state"),
        [
            (204, 0, State.HELD),
            (204, 1, State.VIOLATED),
            (None, 0, State.HELD),
            (None, 1, State.HELD),
            (404, 0, State.VIOLATED),
        ],
    )
    def test_after_a_deletion(
        self, story: Story, status: int | None, count: int, state: State
    ) -> None:
        """What is gone is not counted; what may be gone may be."""
        story.creates("a", "w")
        story.tell(API.delete_item("a"), status)
        assert told(story, count) is state

    @pytest.mark.parametrize("count", [0, 1])
    def test_beside_a_creation(self, story: Story, count: int) -> None:
        """Who asks while an item is made may be told either."""
        story.tell(API.create_item(Change(nonce="w")), 201, shown("a", "w"), at=(0, 4))
        assert told(story, count, at=(1, 2)) is State.HELD

    def test_of_a_repetition(self, story: Story) -> None:
        """One item that two answers show, as with an idempotency key, is one."""
        story.creates("a", "w")
        story.creates("a", "w")
        assert told(story, 1) is State.HELD
