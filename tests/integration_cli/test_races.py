"""Races, keys and log-ins: small histories, both ways."""

from collections.abc import Sequence
from dataclasses import replace

import pytest

from integration_cli.checks import counts, keys, races, sessions, trouble
from integration_cli.checks.verdict import State
from integration_cli.endpoints import Change
from integration_cli.operation import Kind, Request, Trouble
from integration_cli.profile import declared
from tests.integration_cli.story import API, PROFILE, SECOND, Story, shown


@pytest.fixture
def story() -> Story:
    return Story()


class TestOneDeleteWins:
    @pytest.mark.parametrize(
        ("statuses", "state"),
        [
            ([204, 404, 404], State.HELD),
            ([204, None, 503], State.HELD),
            ([204, 204, 404], State.VIOLATED),
            ([204, 500, 404], State.VIOLATED),
            ([404, 404, 404], State.VIOLATED),
            ([404, None, 404], State.INCONCLUSIVE),
        ],
    )
    def test_race(self, story: Story, statuses: list[int | None], state: State) -> None:
        """One wins; who was not answered may have."""
        story.race = "one-delete#0"
        for status in statuses:
            story.deletes("a", status)
        assert story.judged(races.one_delete_wins).state is state


class TestIfMatch:
    def change(self, story: Story, nonce: str, status: int | None) -> None:
        request = API.update_item("a", Change(nonce=nonce)).with_headers(If_Match='"1"')
        story.tell(request, status, shown("a", nonce) if status == 200 else None)

    @pytest.mark.parametrize(
        ("second", "state"),
        [(412, State.HELD), (None, State.HELD), (200, State.VIOLATED)],
    )
    def test_one_version(self, story: Story, second: int | None, state: State) -> None:
        """Two 2xx for one tag are one too many; a time-out beside a 2xx is none."""
        self.change(story, "w1", 200)
        self.change(story, "w2", second)
        assert story.judged(races.if_match_is_atomic).state is state

    def test_one_tag_of_two_values(self, story: Story) -> None:
        """A tag names one value."""
        for nonce in ("w1", "w2"):
            tag = {"etag": '"7"'}
            story.tell(API.read_item("a"), 200, shown("a", nonce), headers=tag)
        assert story.judged(races.if_match_is_atomic).state is State.VIOLATED


class TestVersions:
    def told(self, story: Story, changes: list[int | None], version: int) -> State:
        story.tell(API.create_item(Change("w0", 0, "a")), 201, shown("a", "w0") | {"version": 1})
        for number, status in enumerate(changes):
            story.writes("a", f"w{number + 1}", status)
        last = f"w{len(changes)}"
        story.tell(API.read_item("a"), 200, shown("a", last) | {"version": version})
        few, many = (story.judged(c) for c in (counts.no_lost_update, counts.retry_applies_once))
        return max(few.state, many.state, key=[State.HELD, State.VIOLATED].index)

    @pytest.mark.parametrize(
        ("changes", "version", "state"),
        [
            ([200, 200], 3, State.HELD),
            ([200, None, 200], 3, State.HELD),
            ([200, None, 200], 4, State.HELD),
            ([200, 409, 200], 3, State.HELD),
            ([200, 200], 2, State.VIOLATED),
            ([200, 200], 4, State.VIOLATED),
            ([200, None, 200], 5, State.VIOLATED),
        ],
    )
    def test_count(
        self, story: Story, changes: list[int | None], version: int, state: State
    ) -> None:
        """A version counts what was acknowledged, and at most what may have happened."""
        assert self.told(story, changes, version) is state


class TestIdempotencyKey:
    def post(self, story: Story, status: int | None, item: str = "a", nonce: str = "w") -> None:
        request = API.create_item(Change(nonce=nonce, unique="x"))
        answer = shown(item, nonce) if status == 201 else {"title": "Taken"}
        story.tell(request.with_headers(Idempotency_Key="k"), status, answer)

    @pytest.mark.parametrize(
        ("answers", "state"),
        [
            ([(201, "a"), (201, "a")], State.HELD),
            ([(None, "a"), (409, "a"), (201, "a")], State.HELD),
            ([(201, "a"), (201, "b")], State.VIOLATED),
            ([(201, "a"), (409, "a")], State.VIOLATED),
            ([(None, "a"), (409, "a"), (409, "a")], State.VIOLATED),
            ([(201, "a"), (503, "a")], State.HELD),
        ],
    )
    def test_acts_once(
        self, story: Story, answers: list[tuple[int | None, str]], state: State
    ) -> None:
        """Each repetition is told the same, once the first was told anything."""
        story.race = "broken-off#0"
        for status, item in answers:
            self.post(story, status, item)
        assert story.judged(keys.idempotency_key_acts_once).state is state

    @pytest.mark.parametrize(
        ("second", "state"), [(422, State.HELD), (None, State.HELD), (201, State.VIOLATED)]
    )
    def test_another_body(self, story: Story, second: int | None, state: State) -> None:
        """One key, two bodies: the second is refused."""
        story.race = "another-body#0"
        self.post(story, 201)
        self.post(story, second, nonce="other")
        assert story.judged(keys.idempotency_key_is_bound_to_its_body).state is state


class TestRevocation:
    @pytest.mark.parametrize(
        ("revoked", "used", "state"),
        [
            (200, 401, State.HELD),
            (200, None, State.HELD),
            (200, 200, State.VIOLATED),
            (None, 200, State.INCONCLUSIVE),
        ],
    )
    def test_used_again(
        self, story: Story, revoked: int | None, used: int | None, state: State
    ) -> None:
        """What an unanswered revocation left is nobody's fault."""
        story.tell(API.revoke("t"), revoked)
        story.tell(API.read_me(), used, {"id": "ada"})
        assert story.judged(sessions.revocation_reaches_every_worker).state is state

    @pytest.mark.parametrize(("status", "state"), [(401, State.HELD), (200, State.VIOLATED)])
    def test_old_password(self, story: Story, status: int, state: State) -> None:
        """Before the change the old password is good; after it, it is not."""
        old = API.sign_in("ada@example.org", "old").of("old-password#0")
        story.tell(old, 200)
        story.tell(API.change_password("old", "new").of("new-password#0"), 200)
        story.tell(old, status)
        assert story.judged(sessions.revocation_reaches_every_worker).state is state


class TestGuesses:
    GUESS = API.sign_in("ada@example.org", "wrong").of("guesses#0")

    def guess(self, story: Story, in_turn: Sequence[int | None], at_once: list[int]) -> State:
        for status in in_turn:
            story.tell(self.GUESS, status)
        for status in at_once:
            told = story.tell(self.GUESS, status, at=(99, 100))
            story.operations[-1] = replace(told, user="bob")
        return story.judged(sessions.guesses_are_limited).state

    @pytest.mark.parametrize(
        ("at_once", "state"),
        [
            ([401, 401, 401, 429], State.HELD),
            ([401, 429, 429, 503], State.HELD),
            ([401, 401, 401, 401, 429], State.VIOLATED),
        ],
    )
    def test_at_once(self, story: Story, at_once: list[int], state: State) -> None:
        """As many are looked at as one after another, and no more."""
        assert self.guess(story, [401, 401, 401, 429], at_once) is state

    @pytest.mark.parametrize("lost", [None, 503])
    def test_unanswered(self, story: Story, lost: int | None) -> None:
        """A guess that a dying worker did not answer may have been counted."""
        assert self.guess(story, [401, 401, lost, 429], [401, 401, 401]) is State.HELD

    @pytest.mark.parametrize("in_turn", [[401] * 9, [429], [503, 429]])
    def test_no_limit(self, story: Story, in_turn: list[int]) -> None:
        """Where those one after another do not tell the limit, those at once cannot exceed it."""
        assert self.guess(story, in_turn, [401] * 10) is State.INCONCLUSIVE


class TestNoOrphans:
    AGAIN = API.sign_in("ada@example.org", "hers")

    @pytest.mark.parametrize(
        ("request_", "status", "state"),
        [
            (API.create_item(Change(nonce="w", unique="a")), 401, State.HELD),
            (API.create_item(Change(nonce="w", unique="a")), 201, State.VIOLATED),
            (API.read_me(), 401, State.HELD),
            (API.read_me(), 200, State.VIOLATED),
            (AGAIN, 401, State.HELD),
            (AGAIN, 429, State.HELD),
            (AGAIN, 200, State.VIOLATED),
            (API.live(), 200, State.INCONCLUSIVE),
        ],
    )
    def test_afterwards(self, story: Story, request_: Request, status: int, state: State) -> None:
        """Who was deleted makes nothing, is nobody, and does not come back."""
        story.race = "deletion-of-a-user#0"
        story.tell(API.delete_me(), 204)
        story.tell(request_, status)
        assert story.judged(sessions.no_orphans).state is state

    @pytest.mark.parametrize(("status", "state"), [(401, State.HELD), (500, State.VIOLATED)])
    def test_meanwhile(self, story: Story, status: int, state: State) -> None:
        """Who asks beside the deletion is served or refused, and meets no failure."""
        story.race = "deletion-of-a-user#0"
        story.tell(API.delete_me(), 204, at=(0, 2))
        story.tell(API.read_me(), status, at=(1, 3))
        story.tell(API.read_me(), 401)
        assert story.judged(sessions.no_orphans).state is state


class TestResponses:
    def test_another_items(self, story: Story) -> None:
        """An answer to another request is told by its id."""
        story.tell(API.read_item("a"), 200, shown("b", "w"))
        assert story.judged(sessions.responses_belong_to_requests).state is State.VIOLATED

    def test_anothers_value(self, story: Story) -> None:
        """And by the value that was written."""
        story.tell(API.update_item("a", Change(nonce="w1")), 200, shown("a", "w2"))
        assert story.judged(sessions.responses_belong_to_requests).state is State.VIOLATED


class TestKeepAlive:
    def rests(self, story: Story, *ends: tuple[float, float]) -> State:
        for began, ended in ends:
            story.tell(API.live(), None, at=(began, ended))
            rest = replace(story.operations.pop(), kind=Kind.IDLE, trouble=Trouble.RESET)
            story.operations.append(rest)
        return story.judged(trouble.keep_alive_is_safe).state

    def test_the_servers_patience(self, story: Story) -> None:
        """Each ends as long after its last use: the server cuts them."""
        assert self.rests(story, (0, 5), (0.4, 5.41), (0.8, 5.8)) is State.VIOLATED

    def test_a_workers_end(self, story: Story) -> None:
        """All end at one moment: a worker was killed, and that is no fault."""
        assert self.rests(story, (0, 3), (0.4, 3), (0.8, 3.01)) is State.INCONCLUSIVE


class TestErrors:
    def told(self, story: Story, moments: list[float]) -> State:
        """Refusals after which the connection is gone, at these seconds."""
        for number, moment in enumerate(moments):
            for status, label, at in ((409, "c#0.1", moment), (200, "c#0.2", moment + 0.1)):
                client = f"c{number}"
                story.tell(API.live(), status, None, client, (at, at + 0.01))
                story.operations.append(replace(story.operations.pop(), connection=label))
        return story.judged(trouble.error_does_not_poison_its_connection).state

    def test_closed_without_a_word(self, story: Story) -> None:
        """At several times: it is the error that closes."""
        assert self.told(story, [1, 2, 3]) is State.VIOLATED

    def test_a_workers_end(self, story: Story) -> None:
        """All at one time: a worker ended."""
        assert self.told(story, [1, 1.001, 1.002]) is State.HELD


def test_the_profile_is_the_story(story: Story) -> None:
    """The histories here are told in the words of the shipped profile."""
    story.creates("a", "w")
    assert declared(PROFILE.items).fields.nonce in (story.operations[0].body or {})
    assert story.operations[0].returned == SECOND
