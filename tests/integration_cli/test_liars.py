"""The commands find what they look for: each lie of a small app is named in the verdicts."""

import asyncio
from pathlib import Path

import pytest

from integration_cli import cleanup, concurrency, deadlocks, sample_data
from integration_cli.ledger import Account, Ledger
from integration_cli.operation import Json
from integration_cli.options import Target
from integration_cli.outcome import Exit
from integration_cli.target import AppUrl
from tests.integration_cli.liar import PROFILE, Answer, Liar, serving

SMALL = concurrency.Plan(users=2, duration=0.5, effort=0.1, skip=("disturbances",))
FEW = deadlocks.Plan(rounds=3, pairs=2, rows=4)


class Stubborn(Liar):
    """An app that cannot delete its users now."""

    def _leave(self, _: str, __: Json, ___: str) -> Answer:
        return 503, {}


def target(url: str, tmp_path: Path) -> Target:
    return Target(AppUrl.parse(url), Ledger(tmp_path), PROFILE)


class TestConcurrency:
    async def test_an_honest_app(self, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
        """Nothing is held against an app that keeps its promises, and nothing is left in it."""
        liar = Liar()
        async with serving(liar) as url:
            code = await concurrency.check(target(url, tmp_path), SMALL)
        assert code is Exit.HELD, capsys.readouterr().out
        assert (liar.users, liar.items) == ({}, {})
        assert Ledger(tmp_path).accounts() == []

    @pytest.mark.parametrize(
        ("lie", "invariant"),
        [
            ("forgets", "durable-acknowledgement"),
            ("forgets", "read-your-writes"),
            ("halves", "bulk-is-atomic"),
            ("resurrects", "deleted-stays-deleted"),
            ("duplicates", "unique-race"),
            ("duplicates", "unique-names"),
            ("fails", "no-server-error"),
            ("denies", "refusals-have-a-reason"),
        ],
    )
    async def test_a_lie(
        self, tmp_path: Path, capsys: pytest.CaptureFixture[str], lie: str, invariant: str
    ) -> None:
        """A broken promise is exit code 1, its name, and a curl line to start from."""
        async with serving(Liar(lie)) as url:
            code = await concurrency.check(target(url, tmp_path), SMALL)
        out = capsys.readouterr().out
        assert code is Exit.VIOLATED
        assert f"violated     {invariant} (" in out
        assert "curl -i -X " in out

    async def test_users_that_stay(
        self, tmp_path: Path, capsys: pytest.CaptureFixture[str]
    ) -> None:
        """What was seen is judged also where what the run made cannot be removed."""
        async with serving(Stubborn()) as url:
            code = await concurrency.check(target(url, tmp_path), SMALL)
        printed = capsys.readouterr()
        assert "users are left" in printed.err
        assert "promises" in printed.out
        assert code is Exit.INCONCLUSIVE

    async def test_interrupted(self, tmp_path: Path) -> None:
        """A run that is cancelled, as Ctrl-C does, removes what it created."""
        liar = Liar()
        async with serving(liar) as url:
            run = asyncio.create_task(
                concurrency.check(target(url, tmp_path), concurrency.Plan(2, 60, skip=("races",)))
            )
            await liar.busy.wait()
            run.cancel()
            with pytest.raises(asyncio.CancelledError):
                await run
        assert liar.users == {}
        assert Ledger(tmp_path).accounts() == []


class TestDeadlocks:
    async def test_an_honest_app(self, tmp_path: Path) -> None:
        async with serving(Liar()) as url:
            assert await deadlocks.provoke(target(url, tmp_path), FEW) is Exit.HELD

    @pytest.mark.parametrize(
        ("lie", "invariant"),
        [("deadlocks", "deadlocks-are-retried"), ("halves", "bulk-is-atomic")],
    )
    async def test_a_lie(
        self, tmp_path: Path, capsys: pytest.CaptureFixture[str], lie: str, invariant: str
    ) -> None:
        async with serving(Liar(lie)) as url:
            assert await deadlocks.provoke(target(url, tmp_path), FEW) is Exit.VIOLATED
        assert f"violated     {invariant} (" in capsys.readouterr().out


class TestSampleData:
    SAMPLE = sample_data.Sample("sample-1", users=6, items_per_user=10, concurrency=3)

    async def test_resumes(self, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
        """What an interrupted run left out is completed; what it created is not created again."""
        liar = Liar()
        async with serving(liar) as url:
            await sample_data.load(target(url, tmp_path), self.SAMPLE)
            whole = {(item["owner"], item["name"]) for item in liar.items.values()}
            for item_id in list(liar.items)[::3]:
                del liar.items[item_id]
            capsys.readouterr()
            await sample_data.load(target(url, tmp_path), self.SAMPLE)
        again = [(item["owner"], item["name"]) for item in liar.items.values()]
        assert sorted(again) == sorted(whole)
        assert "users: 0 created, 6 found" in capsys.readouterr().out

    async def test_cleanup_counts_what_was_gone(
        self, tmp_path: Path, capsys: pytest.CaptureFixture[str]
    ) -> None:
        """A user in the ledger that was never created, or is gone, is no error."""
        async with serving(Liar()) as url:
            await sample_data.load(target(url, tmp_path), self.SAMPLE)
            Ledger(tmp_path).add(Account("sample-1", url, "nobody@example.org", "none"))
            assert await cleanup.clean(target(url, tmp_path)) is Exit.HELD
        out = capsys.readouterr().out
        assert "sample-1: 6 users removed, 1 were gone already" in out
        assert Ledger(tmp_path).accounts() == []
