"""What the chaos forgives and what it does not, on requests made up for it."""

import pytest

from toolbox.resilience.connection import Answer
from toolbox.resilience.events import (
    CONNECTIONS,
    KILL,
    OUTAGE,
    RESTART,
    STEADY,
    STOP,
    Event,
    Moment,
)
from toolbox.resilience.readings import Cut, Outcome, Reading
from toolbox.resilience.verdict import Result, judge
from toolbox.resilience.writes import Fate, Ledger

VICTIM, OTHER = 7, 8


def ended(
    outcome: Outcome = Outcome.GOOD,
    *,
    at: float = 1.0,
    took: float = 0.1,
    worker: int | None = None,
) -> Reading:
    """A request that ended so many seconds after the event."""
    sent = 100 + at - took
    return Reading(sent, sent, sent + took, outcome, "read on a new connection", "said", worker)


def moment(seconds: float = 10.0) -> Moment:
    return Moment(100.0, 100 + seconds, victim=VICTIM, gone=100.5)


def good(seconds: int = 10) -> list[Reading]:
    return [ended(at=second / 2) for second in range(1, 2 * seconds)]


class TestJudge:
    @pytest.mark.parametrize("outcome", [one for one in Outcome if one is not Outcome.GOOD])
    def test_steady_state_forgives_nothing(self, outcome: Outcome) -> None:
        """Whatever is not a good answer is a fault where nothing happens."""
        assert judge(STEADY, moment(), [*good(), ended(outcome)], []).faults != []

    def test_good(self) -> None:
        """Good answers alone are no fault, and their slowest is told from when it was due."""
        result = judge(STEADY, moment(), [*good(), ended(took=0.7)], [])
        assert result.faults == []
        assert result.slowest == pytest.approx(0.7)

    @pytest.mark.parametrize("event", [CONNECTIONS, OUTAGE])
    def test_without_database(self, event: Event) -> None:
        """Where the database is away 503 is right, and 500 is not."""
        assert judge(event, moment(), [*good(), ended(Outcome.UNAVAILABLE)], []).faults == []
        [fault] = judge(event, moment(), [*good(), ended(Outcome.FAILED)], []).faults
        assert fault.startswith("5xx: 1, the first a read on a new connection")

    def test_hangs_without_database(self) -> None:
        """Who waits for the database longer than the limit hangs, whatever comes of it."""
        slow = ended(Outcome.UNAVAILABLE, at=9, took=OUTAGE.limit + 1)
        assert "more than 10" in judge(OUTAGE, moment(), [*good(), slow], []).faults[0]

    def test_own_requests_of_a_killed_worker(self) -> None:
        """What the victim had is lost with it: its connections, and what it had just accepted."""
        lost = [
            ended(Outcome.RESET, at=0.6, took=0.05, worker=VICTIM),
            ended(Outcome.RESET, at=0.5, took=0.4),
        ]
        assert judge(KILL, moment(), [*good(), *lost], [Cut(100.6, VICTIM)]).faults == []

    def test_other_requests_at_a_kill(self) -> None:
        """A worker's death costs no request of another's, and none that was sent later."""
        for lost in (
            ended(Outcome.RESET, at=0.3, worker=OTHER),
            ended(Outcome.RESET, at=1.5, took=0.1),
            ended(Outcome.REFUSED, at=0.3),
        ):
            assert len(judge(KILL, moment(), [*good(), lost], []).faults) == 1

    def test_refused_at_the_end(self) -> None:
        """After SIGTERM nobody listens any more, but who was let in is answered."""
        assert judge(STOP, moment(), [*good(), ended(Outcome.REFUSED)], []).faults == []
        assert len(judge(STOP, moment(), [*good(), ended(Outcome.RESET)], []).faults) == 1

    def test_cut(self) -> None:
        """A kept connection that is closed without notice is a fault, though no request met it."""
        result = judge(RESTART, moment(), good(), [Cut(101.0, OTHER)])
        assert result.faults == ["kept connections closed without notice: 1"]


class TestRecovery:
    def after(self, *bad: float, seconds: float = 10) -> Result:
        readings = [ended(Outcome.UNAVAILABLE, at=at + 0.1) for at in bad]
        return judge(OUTAGE, moment(seconds), [*good(), *readings], [])

    def test_nothing_happened(self) -> None:
        """Where all is good, it took no time."""
        assert self.after().recovery == 0.0

    def test_counts_to_the_last_bad_one(self) -> None:
        """It lasts until a second begins in which every request is answered well."""
        assert self.after(0.2, 0.9, 1.7).recovery == pytest.approx(1.7)

    def test_never(self) -> None:
        """A service that fails again before a whole second has passed has not recovered."""
        assert self.after(0.5, 1.4, seconds=2.0).recovery is None


class TestFate:
    def answer(self, status: int, kind: str = "") -> Answer:
        return Answer(status, b"", f'{{"type": "/problems/{kind}"}}'.encode())

    def test_denied(self) -> None:
        """A 503 that says that nothing was changed is held to it."""
        write = Ledger().new()
        write.hear(self.answer(503, "service-unavailable"))
        assert write.fate is Fate.DENIED

    @pytest.mark.parametrize(
        ("status", "kind"), [(503, "outcome-unknown"), (500, "internal-error")]
    )
    def test_unknown(self, status: int, kind: str) -> None:
        """One whose outcome is unknown may have been made."""
        write = Ledger().new()
        write.hear(self.answer(status, kind))
        assert write.fate is Fate.UNKNOWN

    def test_refused_when_repeated(self) -> None:
        """What is said of a repetition says nothing of the first attempt, but is remembered."""
        write = Ledger().new(keyed=True)
        write.repeats = 1
        write.hear(self.answer(409, "item-name-taken"))
        assert write.fate is Fate.UNKNOWN
        assert write.refused_again
