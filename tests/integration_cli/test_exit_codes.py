"""Exit codes, which scripts and CI branch on: what each stands for, and which outweighs which."""

from pathlib import Path

import pytest

from integration_cli import concurrency
from integration_cli.checks.verdict import State
from integration_cli.history import History
from integration_cli.ledger import Ledger
from integration_cli.load import generator
from integration_cli.load.run import Load, Loaded
from integration_cli.load.thresholds import Thresholds
from integration_cli.options import Target
from integration_cli.outcome import Exit, worst
from integration_cli.reporting.judgement import Scope, note_load, open_run, report_on
from integration_cli.reporting.run import Environment
from integration_cli.target import AppUrl
from tests.integration_cli.liar import PROFILE, Liar, serving
from tests.integration_cli.test_knee import step

NEVER = Thresholds({"p99": 0.001})  # ms: no app answers so fast
ALWAYS = Thresholds({"p99": 600_000.0}, errors=1.0)
RANKED = (
    Exit.HELD,
    Exit.INCONCLUSIVE,
    Exit.MISSED,
    Exit.UNREACHABLE,
    Exit.USAGE,
    Exit.VIOLATED,
    Exit.INTERRUPTED,
)


async def ended(
    directory: Path,
    thresholds: Thresholds,
    lie: str = "",
    only: tuple[str, ...] = ("load",),
) -> Exit:
    """How a short run against a little server ends."""
    load = Load(rate=20, connections=2, thresholds=thresholds)
    plan = concurrency.Plan(users=2, duration=0.5, only=only, effort=0.05, load=load)
    async with serving(Liar(lie)) as url:
        target = Target(AppUrl.parse(url), Ledger(directory), PROFILE)
        return await concurrency.check(target, plan)


@pytest.fixture
def believed(monkeypatch: pytest.MonkeyPatch) -> None:
    """However busy the machine of the tests is, the generator's figures are not doubted."""
    monkeypatch.setattr(generator, "MAX_LAG", float("inf"))
    monkeypatch.setattr(generator, "MAX_CPU", float("inf"))


@pytest.fixture
def doubted(monkeypatch: pytest.MonkeyPatch) -> None:
    """However idle it is, they are."""
    monkeypatch.setattr(generator, "MAX_LAG", -1.0)


class TestLimits:
    @pytest.mark.usefixtures("believed")
    async def test_kept(self, tmp_path: Path) -> None:
        assert await ended(tmp_path, ALWAYS) is Exit.HELD

    @pytest.mark.usefixtures("believed")
    async def test_missed(self, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
        """A limit that the app missed is 3, and says which, and by how much."""
        assert await ended(tmp_path, NEVER) is Exit.MISSED
        assert "limit 0.001 ms: missed" in capsys.readouterr().out

    @pytest.mark.usefixtures("doubted")
    async def test_not_known(self, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
        """One that the app may have missed for the generator's lateness is 5."""
        assert await ended(tmp_path, NEVER) is Exit.INCONCLUSIVE
        assert "limit 0.001 ms: inconclusive" in capsys.readouterr().out

    @pytest.mark.usefixtures("doubted")
    async def test_kept_even_so(self, tmp_path: Path) -> None:
        """A late generator can only have made the app look worse than it is."""
        assert await ended(tmp_path, ALWAYS) is Exit.HELD


class TestPrecedence:
    @pytest.mark.usefixtures("believed")
    async def test_a_broken_promise_before_a_missed_limit(self, tmp_path: Path) -> None:
        only = ("races", "mixed workload", "load")
        assert await ended(tmp_path, NEVER, "forgets", only) is Exit.VIOLATED

    def test_a_missed_limit_before_an_open_verdict(self) -> None:
        """What is known to be wrong outweighs what is not known, and is what the headline says."""
        history = History()
        about = Environment.here("run", "http://127.0.0.1:9", PROFILE.name, {})
        open_run(history, about, Scope(("no-orphans",), ("races",), {}))
        note_load(history, Loaded([step(100)]), NEVER.judge(step(100)))
        report = report_on(history, PROFILE)
        assert [one.state for one in report.verdicts] == [State.INCONCLUSIVE]
        assert report.code is Exit.MISSED
        assert report.headline.startswith("A limit was missed: p99")

    @pytest.mark.parametrize("better", range(len(RANKED) - 1))
    def test_order(self, better: int) -> None:
        """Of two the graver stands, whichever came first."""
        less, more = RANKED[better : better + 2]
        assert worst([less, more]) is worst([more, less]) is more

    def test_all_are_ranked(self) -> None:
        assert {*RANKED} == {*Exit}
        assert worst([]) is Exit.HELD
