"""Whether a refusal is explained by what was asked before."""

import pytest

from integration_cli.checks import refusals
from integration_cli.checks.verdict import State
from integration_cli.endpoints import Change
from integration_cli.operation import Request
from tests.integration_cli.story import API, Story

TAKEN = {"title": "Name taken"}
FULL = {"title": "Quota reached"}


@pytest.fixture
def story() -> Story:
    return Story()


def state(story: Story) -> State:
    return story.judged(refusals.refusals_have_a_reason).state


class TestNotThere:
    @pytest.mark.parametrize(
        "change",
        [
            API.update_item("a", Change(nonce="w")),
            API.update_items({"a": Change(nonce="w"), "b": Change(nonce="w")}),
            API.delete_item("a"),
        ],
    )
    def test_it_is(self, story: Story, change: Request) -> None:
        """What was made, and deleted by nobody, can be changed."""
        story.creates("a", "one")
        story.creates("b", "two")
        story.tell(change, 404)
        [finding] = story.judged(refusals.refusals_have_a_reason).findings
        assert [one.status for one in finding.operations] == [201, 404]

    @pytest.mark.parametrize("status", [204, None, 503])
    def test_deleted(self, story: Story, status: int | None) -> None:
        """Nor where the deletion may have been done."""
        story.creates("a", "one")
        story.tell(API.delete_item("a"), status)
        story.tell(API.update_item("a", Change(nonce="w")), 404)
        assert state(story) is State.HELD

    def test_one_of_several(self, story: Story) -> None:
        """Of a bulk change one row that is not known to be there is reason enough."""
        story.creates("a", "one")
        story.tell(API.update_items({"a": Change(nonce="w"), "b": Change(nonce="w")}), 404)
        assert state(story) is State.HELD

    def test_made_meanwhile(self, story: Story) -> None:
        """What is being made may not be there yet."""
        story.tell(API.update_item("a", Change(nonce="w")), 404, at=(0, 9))
        story.creates("a", "one")
        assert state(story) is State.HELD


class TestNotKnown:
    LASTING = ({"iat": 0, "exp": 900}, "ada/first")

    def uses(self, story: Story, *statuses: int) -> None:
        for status in statuses:
            story.tell(API.read_me(), status, {"id": "ada"}, login="ada/first")

    def signs_in(self, story: Story, lasting: int = 900) -> None:
        claims = {"iat": 0, "exp": lasting}
        story.tell(API.sign_in("ada@example.org", "hers"), 200, claims, client="ada/first")

    def test_before_and_after(self, story: Story) -> None:
        """Whatever the reason, it cannot be that the log-in has ended."""
        self.uses(story, 200, 401, 200)
        assert state(story) is State.VIOLATED

    def test_ended_by_nothing(self, story: Story) -> None:
        self.signs_in(story)
        self.uses(story, 200, 401)
        assert state(story) is State.VIOLATED

    def test_never_accepted(self, story: Story) -> None:
        """A log-in that was just given is good at once."""
        self.signs_in(story)
        self.uses(story, 401)
        assert state(story) is State.VIOLATED

    def test_not_known_how_long(self, story: Story) -> None:
        """A token that tells nothing of its end may have ended."""
        self.uses(story, 200, 401)
        assert state(story) is State.HELD

    def test_expired(self, story: Story) -> None:
        self.signs_in(story, lasting=1)
        self.uses(story, 200, 401)
        assert state(story) is State.HELD

    @pytest.mark.parametrize("status", [200, None])
    @pytest.mark.parametrize(
        "end", [API.revoke("t"), API.change_password("old", "new"), API.delete_me()]
    )
    def test_ended(self, story: Story, end: Request, status: int | None) -> None:
        self.signs_in(story)
        self.uses(story, 200)
        story.tell(end, status, login="ada/first")
        self.uses(story, 401)
        assert state(story) is State.HELD

    def test_another_log_in_ended(self, story: Story) -> None:
        self.signs_in(story)
        story.tell(API.revoke("t"), 200, login="ada/second")
        self.uses(story, 401)
        assert state(story) is State.VIOLATED

    def test_logged_in_after_the_change(self, story: Story) -> None:
        """A new password ends the log-ins before it, and none after."""
        story.tell(API.change_password("old", "new"), 200)
        self.signs_in(story)
        self.uses(story, 401)
        assert state(story) is State.VIOLATED


class TestTaken:
    def refuses(self, story: Story, name: str) -> None:
        """A creation is refused, as the app refuses those who lost a race for a name."""
        story.race = "unique-creation#0"
        story.creates("x", "w", name="raced for")
        lost = API.create_item(Change(nonce="w", unique="raced for"))
        story.tell(lost, 409, TAKEN)
        story.race = ""
        story.tell(API.create_item(Change(nonce="w", unique=name)), 409, TAKEN)

    def test_by_nobody(self, story: Story) -> None:
        self.refuses(story, "hers")
        assert state(story) is State.VIOLATED

    @pytest.mark.parametrize(("status", "expected"), [(204, State.VIOLATED), (None, State.HELD)])
    def test_by_what_is_deleted(self, story: Story, status: int | None, expected: State) -> None:
        story.creates("a", "one", name="hers")
        story.tell(API.delete_item("a"), status)
        self.refuses(story, "hers")
        assert state(story) is expected

    @pytest.mark.parametrize("status", [201, None])
    def test_by_another(self, story: Story, status: int | None) -> None:
        """Who has the name, or may have it."""
        story.creates("a", "one", status, name="hers")
        self.refuses(story, "hers")
        assert state(story) is State.HELD

    def test_another_reason(self, story: Story) -> None:
        """A status that stands for several refusals is told by its words."""
        self.refuses(story, "raced for")
        story.tell(API.create_item(Change(nonce="w", unique="free")), 409, FULL)
        assert state(story) is State.HELD


class TestPosition:
    @pytest.mark.parametrize(
        ("position", "expected"), [("named", State.VIOLATED), ("made up", State.HELD)]
    )
    def test_refused(self, story: Story, position: str, expected: State) -> None:
        """What a page names as the next one's beginning is one; of what else is, nobody knows."""
        story.tell(API.list_items(size=1), 200, {"items": [], "next_cursor": "named"})
        story.tell(API.list_items(size=1, position=position), 400)
        assert state(story) is expected
