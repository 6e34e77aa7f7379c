"""What scenarios are played on."""

from pathlib import Path
from time import monotonic_ns

import pytest

from integration_cli.capabilities import Capabilities
from integration_cli.crew import Crew
from integration_cli.history import History
from integration_cli.ledger import Ledger
from integration_cli.options import Target
from integration_cli.scenarios.stage import DESERTED, MANY, Stage
from integration_cli.target import AppUrl
from tests.integration_cli.story import API, PROFILE, SECOND, Story

LONG = DESERTED / SECOND + 1


@pytest.fixture
def story() -> Story:
    return Story()


def is_deserted(story: Story, *statuses: int | None, ago: float = LONG) -> bool:
    """Whether windows are given up after one answer so long ago and these since then."""
    now = monotonic_ns() / SECOND
    for number, status in enumerate((200, *statuses)):
        moment = now - ago + number / 1000
        story.tell(API.read_me(), status, at=(moment, moment))
    history = History()
    history.operations = story.operations
    target = Target(AppUrl.parse("http://127.0.0.1:9"), Ledger(Path("unused")), PROFILE)
    stage = Stage(target, history, Crew(), "run", 1, Capabilities(frozenset(), {}))
    assert bool([*stage.windows("some", 3)]) is not stage.is_deserted
    return stage.is_deserted


class TestDeserted:
    @pytest.mark.parametrize("status", [503, None])
    def test_nobody_served(self, story: Story, status: int | None) -> None:
        """An app that has served nobody for long is not asked through all windows."""
        assert is_deserted(story, *[status] * MANY)

    def test_refusals(self, story: Story) -> None:
        """A refusal is an answer: an app that refuses all is asked on."""
        assert not is_deserted(story, *[409] * MANY)

    def test_few(self, story: Story) -> None:
        """Where little was asked little can be said."""
        assert not is_deserted(story, *[503] * (MANY - 1))

    def test_for_a_moment(self, story: Story) -> None:
        """An outage of a few seconds ends no race."""
        assert not is_deserted(story, *[503] * MANY, ago=LONG / 2)

    def test_it_serves_again(self, story: Story) -> None:
        assert not is_deserted(story, *[503] * MANY, 200)
