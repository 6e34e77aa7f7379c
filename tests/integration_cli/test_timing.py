"""What a history tells of clocks, of a pool that is used up, and of what takes how long."""

from collections.abc import Callable

import pytest

from integration_cli.checks import clocks, pools, timing
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
        assert story.judged(clocks.clocks_agree).state is state


class TestOrderOfTimes:
    @pytest.mark.parametrize(
        ("first", "second", "state"),
        [
            ("03:00:00.000", "03:00:00.000", State.HELD),
            ("03:00:00.080", "03:00:00.000", State.HELD),
            ("03:00:00.300", "03:00:00.000", State.VIOLATED),
        ],
    )
    def test_of_creations(self, story: Story, first: str, second: str, state: State) -> None:
        """What was made later is of a later time, but for what clocks of two machines differ."""
        for item, moment in (("a", first), ("b", second)):
            answer = {**shown(item, "w"), "created_at": f"2026-11-25T{moment}Z"}
            story.tell(API.create_item(Change(nonce="w")), 201, answer)
        assert story.judged(clocks.clocks_agree).state is state

    def test_of_creations_at_once(self, story: Story) -> None:
        """Of two that overlap either may be the first."""
        for item, moment, at in (("a", "01", (0, 4)), ("b", "00", (1, 2))):
            answer = {**shown(item, "w"), "created_at": f"2026-11-25T03:00:{moment}Z"}
            story.tell(API.create_item(Change(nonce="w")), 201, answer, at=at)
        assert not story.judged(clocks.clocks_agree).findings

    @pytest.mark.parametrize(
        ("third", "state"),
        [("03:00:00.000001", State.HELD), ("03:00:00", State.HELD), ("02:59:59", State.VIOLATED)],
    )
    def test_of_versions(self, story: Story, third: str, state: State) -> None:
        """A version is never of an earlier time than the one before it, whoever is told first."""
        for version, moment in ((3, third), (2, "03:00:00")):
            item = {**shown("a", "w"), "version": version, "updated_at": f"2026-11-25T{moment}Z"}
            story.tell(API.read_item("a"), 200, item)
        verdict = story.judged(clocks.clocks_agree)
        assert verdict.state is state
        assert all(len(one.operations) == 2 for one in verdict.findings)


class TestRows:
    """Pages of one row and of a hundred, beside a request that needs nothing; milliseconds."""

    def measure(
        self, story: Story, one_row: float, hundred: Callable[[int], float], windows: int = 12
    ) -> State:
        now = 0.0
        for number in range(windows):
            for name, request, rows, took in (
                ("live", API.live(), 0, 1.0),
                ("few-1", API.list_items(size=1), 1, one_row),
                ("few-100", API.list_items(size=100), 100, hundred(number)),
            ):
                page = {"items": [shown(f"{row}", "w") for row in range(rows)]}
                told = request.of(f"growth-{name}#{number}")
                story.tell(told, 200, page, at=(now, now + took / 1000))
                now += 1
        return story.judged(timing.cost_per_row_is_constant).state

    def test_query_a_row(self, story: Story) -> None:
        """A hundred rows take a hundred times what one takes."""
        assert self.measure(story, 2.0, lambda _: 60.0) is State.VIOLATED

    def test_rows_alone(self, story: Story) -> None:
        """To write a hundred rows takes some time too."""
        assert self.measure(story, 2.0, lambda _: 4.0) is State.HELD

    @pytest.mark.parametrize("fast", [{0, 3}, {0, 1}])
    def test_machine_that_stalls(self, story: Story, fast: set[int]) -> None:
        """Where two of the long pages were as fast as they should be, the others met something."""
        assert self.measure(story, 2.0, lambda n: 4.0 if n in fast else 60.0) is State.HELD

    def test_page_that_seems_to_cost_nothing(self, story: Story) -> None:
        """A page of a row that takes no longer than nothing was not measured: it is no measure."""
        assert self.measure(story, 1.1, lambda _: 4.0) is State.HELD

    def test_too_few(self, story: Story) -> None:
        """Of a few pages each may have met something."""
        assert self.measure(story, 2.0, lambda _: 60.0, windows=4) is State.INCONCLUSIVE


class TestHashing:
    def log_in(self, story: Story, status: int) -> State:
        """Three log-ins of 100 ms, while who needs nothing waits for 80 ms each time."""
        for number in range(10):
            at = (number * 0.01, number * 0.01 + 0.001)
            story.tell(API.live().of("quiet-pulse#0"), 200, at=at)
        for number in range(3):
            began = 1 + number * 0.1
            user = API.sign_in("ada@example.com", "secret").of("log-ins#0")
            story.tell(user, status, client=f"{number}", at=(began, began + 0.1))
            live = API.live().of("loud-pulse#0")
            story.tell(live, 200, client="pulse", at=(began + 0.01, began + 0.09))
        return story.judged(timing.hashing_does_not_stall_the_loop).state

    def test_stalls(self, story: Story) -> None:
        """Each waits for about as long as a log-in takes."""
        assert self.log_in(story, 200) is State.VIOLATED

    def test_refused(self, story: Story) -> None:
        """For log-ins that were refused, as in an outage, nothing was hashed."""
        assert self.log_in(story, 503) is State.INCONCLUSIVE


class TestPool:
    def ask(self, story: Story, *answers: tuple[int | None, str], long: float = 2.0) -> State:
        """Requests one after another, each so many seconds long."""
        for number, (status, words) in enumerate(answers):
            at = (number * (long + 1), number * (long + 1) + long)
            again = {"retry-after": "1"}
            story.tell(API.read_me(), status, {"detail": words}, at=at, headers=again)
        return story.judged(pools.pool_degrades_gracefully).state

    def test_never_free_again(self, story: Story) -> None:
        """Who asks alone, for seconds, cannot be one too many: connections were not given back."""
        assert self.ask(story, (200, ""), *[(503, FULL)] * 3) is State.VIOLATED

    def test_served_meanwhile(self, story: Story) -> None:
        """One who is served is enough to say that it is not so."""
        assert self.ask(story, (503, FULL), (503, FULL), (200, ""), (503, FULL)) is State.HELD

    @pytest.mark.parametrize(
        ("answers", "state"),
        [
            ([503, 200] * 3, State.VIOLATED),
            ([503, 200, 503, 503], State.HELD),
            ([503, 503, 503, 200], State.HELD),
        ],
    )
    def test_waits_in_vain(self, story: Story, answers: list[int], state: State) -> None:
        """Who asks alone, and waits for seconds again and again, waits for a lock nobody has."""
        assert self.ask(story, (200, ""), *[(one, AWAY) for one in answers], long=4) is state

    @pytest.mark.parametrize(
        ("windows", "state"),
        [
            ([(FULL, 503)] * 2, State.VIOLATED),
            ([(FULL, 503), (FULL, 200)], State.HELD),
            ([(FULL, 503), (AWAY, 503)], State.HELD),
            ([(FULL, 503)], State.HELD),
        ],
    )
    def test_standstill(self, story: Story, windows: list[tuple[str, int]], state: State) -> None:
        """Where of many who want the same rows none is served, in any window, they wait for all."""
        for number, (words, last) in enumerate(windows):
            for status in (503, 503, 503, last):
                request = API.update_items({"a": Change(nonce="w")}).of(f"convoy#{number}")
                again = {"retry-after": "1"}
                at = (0, 3 if status == 503 else 2.5)
                story.tell(request, status, {"detail": words}, at=at, headers=again)
        assert story.judged(pools.pool_degrades_gracefully).state is state

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

    def crowd(self, story: Story, *again: str) -> State:
        """A burst of which some are served, and others told to come again, or not told when."""
        said = ["served"] * 5 + [*again]
        for number, when in enumerate(said):
            status = 201 if when == "served" else 503
            headers = {"retry-after": when} if when.isdigit() else {}
            one = API.read_me().of("burst#0")
            story.tell(one, status, client=f"{number}", at=(1, 2), headers=headers)
        return story.judged(pools.pool_degrades_gracefully).state

    def test_refused_for_how_long(self, story: Story) -> None:
        """Who is refused in a crowd is told when to come again."""
        assert self.crowd(story, *["nobody knows"] * 5) is State.VIOLATED

    @pytest.mark.parametrize("told", [0, 2])
    def test_lost_commits(self, story: Story, told: int) -> None:
        """Of a commit whose answer was lost in an outage, nobody says that it may be sent again."""
        assert self.crowd(story, *["nobody knows"] * (told + 1), *["1"] * told) is State.HELD
