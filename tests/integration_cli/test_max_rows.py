"""A run makes no more rows than it may, and what it could not show it does not say it has shown."""

from pathlib import Path
from typing import Any

import pytest

from integration_cli import concurrency
from integration_cli.allowance import Allowance
from integration_cli.capabilities import Capabilities
from integration_cli.checks.answers import no_server_error
from integration_cli.checks.verdict import State, curtailed, skipped
from integration_cli.connection import Connection
from integration_cli.crew import Crew
from integration_cli.endpoints import Change
from integration_cli.history import History, read_history
from integration_cli.ledger import Ledger
from integration_cli.load.run import Load
from integration_cli.load.thresholds import Thresholds
from integration_cli.operation import Operation, Request, Trouble
from integration_cli.options import Target
from integration_cli.outcome import Exit
from integration_cli.record import Speaker, unanswered
from integration_cli.reporting.judgement import report_on
from integration_cli.reporting.run import Report
from integration_cli.scenarios.keys import break_off
from integration_cli.scenarios.stage import Stage
from integration_cli.target import AppUrl
from tests.integration_cli.liar import PROFILE, Liar, serving
from tests.integration_cli.story import API, Story

ONE = API.create_item(Change(unique="one"))
THREE = API.create_items([Change(unique=name) for name in ("a", "b", "c")])
BIG = 1_000_000


class TestAllowance:
    @pytest.mark.parametrize(
        ("request_", "rows"),
        [
            (ONE, 1),
            (THREE, 3),
            (API.register("a@b.c", "secret", "Ada"), 1),
            (API.read_item("a"), 0),
            (API.update_items({"a": Change(nonce="x"), "b": Change(nonce="x")}), 0),
            (API.delete_me(), 0),
        ],
    )
    def test_rows(self, request_: Request, rows: int) -> None:
        """Users and items count, each; what changes or removes them does not."""
        assert request_.rows == rows

    def test_up_to_the_limit(self) -> None:
        """The last row may be made, and none after it, however small the request."""
        rows = Allowance(4)
        assert [rows.take(one) for one in (THREE, ONE, ONE)] == [True, True, False]
        assert (rows.made, rows.withheld, rows.is_spent) == (4, 1, True)

    def test_what_does_not_fit(self) -> None:
        """Once something was withheld nothing more is made, and all else goes on."""
        rows = Allowance(4)
        assert [rows.take(one) for one in (ONE, ONE, THREE, ONE)] == [True, True, False, False]
        assert rows.take(API.read_item("a"))
        assert not rows.take(ONE)
        assert (rows.made, rows.withheld) == (2, 3)

    @pytest.mark.parametrize(("status", "made"), [(201, 1), (409, 0), (503, 1), (None, 1)])
    def test_settled(self, status: int | None, made: int) -> None:
        """What was refused was not made; what is not known may have been."""
        rows = Allowance(4)
        rows.take(ONE)
        rows.settle(ONE, Story().tell(ONE, status))
        assert rows.made == made

    @pytest.mark.parametrize("trouble", [Trouble.CONNECT, Trouble.WITHHELD])
    def test_never_sent(self, trouble: Trouble) -> None:
        """A request that found no connection is given back; one that was withheld never counted."""
        rows, never = Allowance(1), unanswered(ONE, Speaker("c", "u"), "c", (1, 2), trouble)
        for _ in range(3):
            assert rows.take(ONE) is (trouble is Trouble.CONNECT or rows.withheld == 0)
            rows.settle(ONE, never)
        assert rows.made == (trouble is Trouble.WITHHELD)

    def test_without_a_limit(self) -> None:
        rows = Allowance()
        assert all(rows.take(THREE) for _ in range(100))


async def ran(
    directory: Path, max_rows: int, **options: Any
) -> tuple[Liar, Exit, Report, list[Operation]]:
    """A run against a little server: that, how the run ended, and what it reports."""
    liar, path = Liar(), directory / "history.jsonl"
    said: dict[str, Any] = {"skip": ("disturbances",), "duration": 0.5, "effort": 0.1} | options
    plan = concurrency.Plan(users=2, history=path, max_rows=max_rows, **said)
    async with serving(liar) as url:
        target = Target(AppUrl.parse(url), Ledger(directory), PROFILE)
        code = await concurrency.check(target, plan)
    history = read_history(path)
    return liar, code, report_on(history, PROFILE), history.operations


class TestRun:
    @pytest.mark.parametrize("max_rows", [2, 3, 30, 100])
    async def test_never_more(
        self, tmp_path: Path, capsys: pytest.CaptureFixture[str], max_rows: int
    ) -> None:
        """The app is never asked for more; the run says so, and removes what it made."""
        liar, code, report, operations = await ran(tmp_path, max_rows)
        assert liar.made <= report.rows["made"] <= max_rows
        assert code is Exit.INCONCLUSIVE
        assert f"--max-rows {max_rows} allows no more" in capsys.readouterr().out
        assert (liar.users, liar.items) == ({}, {})
        assert Trouble.WITHHELD not in {one.trouble for one in operations}

    async def test_verdicts(self, tmp_path: Path) -> None:
        """What was cut short is inconclusive, and why; nobody is accused."""
        _, _, report, _ = await ran(tmp_path, 30)
        verdicts = {one.invariant: one for one in report.verdicts}
        for name in report.rows["cut"]:
            assert verdicts[name].state in {State.INCONCLUSIVE, State.SKIPPED}
        assert verdicts["no-orphans"].reason == "the run stopped at --max-rows 30"
        assert State.VIOLATED not in {one.state for one in report.verdicts}

    async def test_enough(self, tmp_path: Path) -> None:
        """A run that has room for all that it makes says how much that was, at most."""
        liar, code, report, _ = await ran(tmp_path, BIG)
        assert (code, report.rows["cut"]) == (Exit.HELD, [])
        assert liar.made <= report.rows["made"]
        assert "allows no more" not in report.made

    async def test_no_room_for_the_load(
        self, tmp_path: Path, capsys: pytest.CaptureFixture[str]
    ) -> None:
        """A load without items of its own would measure something else: none is sent."""
        load = Load(rate=20, connections=4, thresholds=Thresholds({"p99": 1e6}, errors=1.0))
        _, code, report, operations = await ran(tmp_path, 10, only=("load",), load=load)
        assert code is Exit.INCONCLUSIVE
        assert not [one for one in operations if one.phase == "load"]
        assert [one["state"] for one in report.thresholds] == ["inconclusive"] * 2
        assert "p99: not measured, limit 1e+06 ms: inconclusive" in capsys.readouterr().out

    async def test_room_for_the_load(self, tmp_path: Path) -> None:
        """Two users, an item to begin with, and two for each of four connections."""
        load = Load(rate=20, connections=4, thresholds=Thresholds({"p99": 1e6}, errors=1.0))
        liar, code, _, _ = await ran(tmp_path, 11, only=("load",), load=load)
        assert (liar.made, code) == (11, Exit.HELD)


class TestBreakingOff:
    async def test_is_withheld(self, tmp_path: Path) -> None:
        """A request that was to be broken off, and was never sent, left no client in doubt."""
        async with serving(Liar()) as url:
            target = Target(AppUrl.parse(url), Ledger(tmp_path), PROFILE, rows=Allowance(0))
            able = Capabilities(frozenset(), {})
            stage = Stage(target, History(), Crew(), "run", 1, able)
            connection = Connection(target.site, Speaker("c", "u"), "t")
            operation = await break_off(stage, connection, ONE, 0.0)
            connection.close()
        assert operation.trouble == Trouble.WITHHELD
        assert stage.history.operations == []


class TestCurtailed:
    def test_a_violation_stands(self) -> None:
        """What was broken was broken, however little was tried."""
        story = Story()
        story.creates("i", "w", 500)
        found = story.judged(no_server_error)
        assert found.state is State.VIOLATED
        assert curtailed(found, "why") is found

    def test_what_was_skipped_stays_so(self) -> None:
        found = skipped("some", "the target has none")
        assert curtailed(found, "why") is found
