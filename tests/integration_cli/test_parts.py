"""The parts that need no app: addresses, ledger, histories, sample people, percentiles, pools."""

import stat
from dataclasses import replace
from pathlib import Path

import pytest

from integration_cli.endpoints import Change
from integration_cli.history import TOGETHER, History, NotAHistory, read_history
from integration_cli.latency import percentile, summarize
from integration_cli.ledger import Account, Ledger
from integration_cli.outcome import NotFinished
from integration_cli.people import person
from integration_cli.pool import for_each
from integration_cli.replay import curl_lines
from integration_cli.target import AppUrl
from tests.integration_cli.story import API, PROFILE, Story

ADA = Account("run-1", "http://127.0.0.1:8000", "ada.run-1@example.org", "not a secret")

NOTE = '{"note":"a","value":1}'


class TestAppUrl:
    @pytest.mark.parametrize(
        ("text", "spelled"),
        [
            ("http://LOCALHOST:8000/", "http://localhost:8000"),
            ("https://api.example.org:443/v1/", "https://api.example.org/v1"),
            ("http://[::1]:8000", "http://[::1]:8000"),
        ],
    )
    def test_one_spelling(self, text: str, spelled: str) -> None:
        """Two spellings of one address are one app in the ledger."""
        assert str(AppUrl.parse(text)) == spelled

    @pytest.mark.parametrize(
        "text",
        ["", "127.0.0.1:8000", "ftp://a", "http://", "http://a:b", "http://u:p@a", "http://a?b"],
    )
    def test_refused(self, text: str) -> None:
        with pytest.raises(ValueError, match=r"\w"):
            AppUrl.parse(text)

    @pytest.mark.parametrize(
        ("text", "is_loopback"),
        [
            ("http://127.0.0.2", True),
            ("http://[::1]:1", True),
            ("http://localhost", True),
            ("http://app.localhost:8000", True),
            ("https://[0:0:0:0:0:0:0:1]/v1", True),
            # A name is refused whatever it means now: it may be this machine and another by turns.
            ("http://localtest.me", False),
            ("http://localhost.", False),
            ("http://127.0.0.1.example.org", False),
            ("http://2130706433", False),
            ("http://[::]:8000", False),
            ("http://[fe80::1]", False),
            ("http://[fd00::1]", False),
            ("http://169.254.169.254", False),
            ("http://10.0.0.1", False),
            ("http://localhost.example.org", False),
            ("http://0.0.0.0", False),
        ],
    )
    def test_loopback(self, text: str, *, is_loopback: bool) -> None:
        """Only addresses that are surely this machine may be hammered without being asked."""
        assert AppUrl.parse(text).is_loopback is is_loopback


class TestLedger:
    def test_private(self, tmp_path: Path) -> None:
        """The ledger holds passwords: nobody else may read it."""
        Ledger(tmp_path / "ledger").add(ADA)
        assert stat.S_IMODE((tmp_path / "ledger" / "run-1.jsonl").stat().st_mode) == 0o600

    def test_remembers_once(self, tmp_path: Path) -> None:
        """A rerun writes the same account again; it is one account."""
        Ledger(tmp_path).add(ADA)
        Ledger(tmp_path).add(ADA)
        assert Ledger(tmp_path).accounts() == [ADA]

    def test_cut_short(self, tmp_path: Path) -> None:
        """A line cut short by a kill is passed over: its request was never sent."""
        Ledger(tmp_path).add(ADA)
        with (tmp_path / "run-1.jsonl").open("a") as file:
            file.write('{"run_id": "run-1", "app_')
        assert Ledger(tmp_path).accounts() == [ADA]

    def test_remove(self, tmp_path: Path) -> None:
        """Other apps' accounts of the run stay; the file goes with the last."""
        elsewhere = replace(ADA, app_url="http://127.0.0.1:9000")
        ledger = Ledger(tmp_path)
        ledger.add(ADA)
        ledger.add(elsewhere)
        ledger.remove([ADA])
        assert ledger.accounts() == [elsewhere]
        ledger.remove([elsewhere])
        assert list(tmp_path.glob("*.jsonl")) == []


class TestPeople:
    def test_same_seed_same_data(self) -> None:
        assert person("sample-1", 7, 10) == person("sample-1", 7, 10)

    def test_other_seed_other_data(self) -> None:
        one, other = person("sample-1", 7, 10), person("sample-2", 7, 10)
        assert one.email != other.email
        assert one.password != other.password

    def test_counts_are_skewed_about_the_mean(self) -> None:
        """Some own nothing, some own many, and the mean is the one asked for."""
        counts = [len(person("sample-1", index, 10).items) for index in range(300)]
        assert 8 < sum(counts) / len(counts) < 12
        assert min(counts) == 0
        assert max(counts) > 40

    def test_names_are_unique_per_person(self) -> None:
        names = [item.unique for item in person("sample-1", 3, 500).items]
        assert len(set(names)) == len(names)

    def test_no_items(self) -> None:
        assert person("sample-1", 0, 0).items == []


class TestLatency:
    @pytest.mark.parametrize(
        ("share", "value"), [(0.01, 1.0), (0.5, 50.0), (0.95, 95.0), (0.99, 99.0), (1.0, 100.0)]
    )
    def test_percentile(self, share: float, value: float) -> None:
        """The nearest rank: a value that was measured, never one between two."""
        assert percentile([float(n) for n in range(1, 101)], share) == value

    def test_one_value(self) -> None:
        assert percentile([3.0], 0.5) == 3.0

    def test_summary(self) -> None:
        story = Story()
        story.creates("i", "w1")
        story.creates("j", "w2", None)
        latency = summarize(story.operations)
        assert latency is not None
        assert (latency.count, latency.times.at(0.5), latency.others) == (
            2,
            1000.0,
            {"time-out": 1},
        )

    def test_nothing(self) -> None:
        assert summarize([]) is None


class TestHistory:
    def test_round_trip(self, tmp_path: Path) -> None:
        """What is read back is what was recorded, with its phase."""
        story = Story()
        story.creates("i", "w1")
        story.reads("i", None)
        with History(tmp_path / "deep" / "h.jsonl") as history:
            history.phase = "mixed workload"
            for operation in story.operations:
                history.record(operation)
        assert read_history(tmp_path / "deep" / "h.jsonl").operations == story.operations

    @pytest.mark.parametrize("count", [1, TOGETHER - 1, TOGETHER, TOGETHER + 1])
    def test_cut_off(self, tmp_path: Path, count: int) -> None:
        """A last line that a kill cut short is passed over, and nothing else is."""
        path = self.written(tmp_path, count)
        whole = read_history(path).operations
        with path.open("a") as file:
            file.write('{"user":"ada","kind":"re')
        assert len(whole) == count
        assert read_history(path).operations == whole

    @pytest.mark.parametrize(
        "bad", ["no JSON", '{"kind":"tell"}', f"{NOTE},{NOTE},{{}}", "7", "[]"]
    )
    @pytest.mark.parametrize("before", [2, TOGETHER, TOGETHER + 3])
    def test_no_operation(self, tmp_path: Path, bad: str, before: int) -> None:
        """A line that is no operation is named by its number."""
        path = self.written(tmp_path, before)
        with path.open("a") as file:
            file.write(f"{bad}\n")
        with pytest.raises(NotAHistory, match=f"line {before + 1} is no operation"):
            read_history(path)

    def test_what_many_say_is_kept_once(self, tmp_path: Path) -> None:
        """A hundred thousand operations do not each hold the name of who asked."""
        one, other = read_history(self.written(tmp_path, TOGETHER + 1)).operations[::TOGETHER]
        shared = ("method", "client", "user", "phase", "worker", "connection", "login")
        assert all(getattr(one, name) is getattr(other, name) for name in shared)

    @staticmethod
    def written(directory: Path, count: int) -> Path:
        """A file with so many operations."""
        story = Story()
        for number in range(count):
            story.creates(f"i{number}", f"w{number}")
        with History(directory / "h.jsonl") as history:
            for operation in story.operations:
                history.record(operation)
        return directory / "h.jsonl"


class TestCurl:
    URL = AppUrl.parse("http://127.0.0.1:8000")

    def test_a_short_body(self) -> None:
        """A line to get the token that it names, and one for the operation."""
        told = Story().tell(API.create_item(Change(unique="it's")), 201)
        sign_in, create = curl_lines(self.URL, PROFILE, [told])
        assert sign_in.startswith("TOKEN_A=$(curl -s -d ")
        assert create == (
            'curl -i -X POST -H "Authorization: Bearer $TOKEN_A" '
            "-H 'Content-Type: application/json' "
            """-d '{"name":"it'"'"'s"}' http://127.0.0.1:8000/items"""
        )

    def test_a_long_body(self) -> None:
        """A body of a thousand rows is not printed."""
        told = Story().tell(API.create_item(Change(unique="x" * 5000)), 201)
        assert len(curl_lines(self.URL, PROFILE, [told])[1]) < 800


class TestPool:
    async def test_the_first_failure_is_what_the_user_reads(self) -> None:
        async def work(number: int) -> None:
            if number == 3:
                raise NotFinished("three")

        with pytest.raises(NotFinished, match="three"):
            await for_each(range(10), work, 4)
