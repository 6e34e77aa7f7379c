"""What a history tells of clocks and of a pool that is used up."""

import pytest

from integration_cli.checks import timing, trouble
from integration_cli.checks.verdict import State
from integration_cli.endpoints import Change
from tests.integration_cli.story import API, Story, shown

AWAY = "The database cannot be reached."
FULL = "All database connections are in use."


@pytest.fixture
def story() -> Story:
    return Story()


class TestTimeOfCreation:
    @pytest.mark.parametrize(
        ("second", "state"),
        [
            ("2026-11-25T03:00:00Z", State.HELD),
            ("2026-11-25T04:00:00+01:00", State.HELD),
            ("2026-11-25T03:00:01Z", State.VIOLATED),
        ],
    )
    def test_stays(self, story: Story, second: str, state: State) -> None:
        """It is one moment in every answer, however that is written."""
        date = {"date": "Wed, 25 Nov 2026 03:00:00 GMT"}
        new = API.create_item(Change(nonce="w"))
        for request, moment in ((new, "2026-11-25T03:00:00Z"), (API.read_item("a"), second)):
            item = {**shown("a", "w"), "created_at": moment}
            story.tell(request, 201, item, headers=date)
        assert story.judged(timing.clocks_agree).state is state


class TestPool:
    def ask(self, story: Story, *answers: tuple[int | None, str], long: float = 2.0) -> State:
        """Requests one after another, each so many seconds long."""
        for number, (status, words) in enumerate(answers):
            at = (number * (long + 1), number * (long + 1) + long)
            again = {"retry-after": "1"}
            story.tell(API.read_me(), status, {"detail": words}, at=at, headers=again)
        return story.judged(trouble.pool_degrades_gracefully).state

    def test_never_free_again(self, story: Story) -> None:
        """Who asks alone, for seconds, cannot be one too many: connections were not given back."""
        assert self.ask(story, (200, ""), *[(503, FULL)] * 3) is State.VIOLATED

    def test_served_meanwhile(self, story: Story) -> None:
        """One who is served is enough to say that it is not so."""
        assert self.ask(story, (503, FULL), (503, FULL), (200, ""), (503, FULL)) is State.HELD

    def test_an_outage(self, story: Story) -> None:
        """A database that is away is another matter."""
        assert self.ask(story, (200, ""), *[(503, AWAY)] * 5) is State.HELD

    def test_a_moment(self, story: Story) -> None:
        """What is over after a moment may be what clients that left have begun."""
        assert self.ask(story, (200, ""), *[(503, FULL)] * 3, long=0.01) is State.HELD

    def test_after_a_time_out(self, story: Story) -> None:
        """Who timed out may still be served: so who comes soon after it is not alone."""
        answers = [(200, ""), (None, ""), *[(503, FULL)] * 3]
        assert self.ask(story, *answers, long=1.0) is State.HELD
