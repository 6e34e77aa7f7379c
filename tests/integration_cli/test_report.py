"""Reports: made of a history alone, whole in one file, the same for people and programs."""

import json
import re
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path
from xml.etree import ElementTree

import pytest
from click.testing import CliRunner, Result

from integration_cli.capabilities import Capabilities
from integration_cli.checks.catalogue import CATALOGUE
from integration_cli.cli import main
from integration_cli.history import History
from integration_cli.load.generator import Pace
from integration_cli.load.step import Step
from integration_cli.reporting.comparison import compare
from integration_cli.reporting.judgement import Scope, open_run, report_on
from integration_cli.reporting.lanes import Axis, lanes, shown_by
from integration_cli.reporting.page import page
from integration_cli.reporting.run import Environment, Report
from tests.integration_cli.story import PROFILE, WHOLE, Story

ABOUT = Environment.here("run-1", "http://127.0.0.1:8000", PROFILE.name, {"seed": 1})
SCOPE = Scope.of([one.name for one in CATALOGUE], ["mixed workload"], Capabilities(frozenset(), {}))


def stale() -> Story:
    """A read that shows an older write; and a name that would be markup if it were let."""
    story = Story()
    story.creates("i", "w1 <script>alert(1)</script>")
    story.writes("i", "w2")
    story.reads("i", "w1 <script>alert(1)</script>")
    return story


def healthy() -> Story:
    story = Story()
    story.creates("i", "w1")
    story.reads("i", "w1")
    return story


def written(story: Story, path: Path, slower: float = 1.0) -> Path:
    """A history on disk, with a load of a thousand reads."""
    with History(path) as history:
        open_run(history, ABOUT, SCOPE)
        for operation in story.operations:
            history.record(operation)
        history.phase = "load"
        last = story.operations[-1]
        for number in range(1000):
            due = last.returned + number * 1_000_000
            took = int((1 + number % 100 / 10) * slower * 1e6)
            read = replace(last, client=f"c{number % 4}", worker=str(number % 2), intended=due)
            history.record(replace(read, invoked=due, returned=due + took, phase="load"))
        step = Step.of(1000, 1, Pace(1000, 1.0, [1000]), history.operations[-1000:])
        history.note("load", [step.to_json()])
    return path


def reported(story: Story) -> Report:
    history = History()
    open_run(history, ABOUT, SCOPE)
    for operation in story.operations:
        history.record(operation)
    return report_on(history, PROFILE)


def invoke(*arguments: object) -> Result:
    command = ["concurrency", *map(str, arguments), "--profile", str(WHOLE)]
    return CliRunner().invoke(main, command)


class Links(HTMLParser):
    """What a page would fetch, and whether its elements are closed in order."""

    VOID = ("meta", "br")

    def __init__(self) -> None:
        super().__init__()
        self.fetched: list[str] = []
        self.open: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.fetched += [str(v) for name, v in attrs if name in {"src", "href", "srcset"}]
        self.fetched += [tag] if tag in {"script", "link", "iframe", "img"} else []
        if tag not in self.VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag


class TestPage:
    def test_fetches_nothing(self, tmp_path: Path) -> None:
        """It opens offline, and its markup is whole."""
        path = written(stale(), tmp_path / "h.jsonl")
        html = tmp_path / "r.html"
        assert invoke("report", path, "--html", html).exit_code == 1
        links = Links()
        links.feed(html.read_text())
        assert links.fetched == []
        assert links.open == []
        assert not re.search(r"url\(|@import", html.read_text())

    def test_what_the_app_said_is_text(self) -> None:
        """A value out of an answer is never markup."""
        html = page(reported(stale()))
        assert "<script" not in html
        assert "&lt;script&gt;" in html

    def test_verdict_first(self) -> None:
        """A reader sees the outcome before anything else, and each state also as a word."""
        html = page(reported(stale()))
        assert html.index("promises were broken") < html.index("fresh-reads")
        assert "✗ violated" in html
        assert html.index("✗ violated") < html.index("✓ held")

    def test_healthy(self) -> None:
        """What was kept is said to be kept, and what could not be judged is not."""
        html = page(reported(healthy()))
        assert "✗ violated" not in html
        assert "could not be judged" in html


class TestLanes:
    def test_the_one_that_shows_it(self) -> None:
        """The last answer is marked."""
        story = stale()
        assert shown_by(story.operations) is story.operations[-1]
        assert lanes(story.operations, "t").count("op bad") == 1

    def test_long_pauses_are_cut(self) -> None:
        """Milliseconds can be read also where a minute passes between them."""
        story = Story()
        for begins in (0.0, 0.002, 60.0):
            story.reads("i", "w", at=(begins, begins + 0.001))
        axis = Axis.of(story.operations)
        assert [round(took / 1e9) for _, took in axis.pauses] == [60]
        assert axis(1_000_000) - axis(0) > 100

    def test_order_is_kept(self) -> None:
        """What was later stands further right."""
        axis = Axis.of(stale().operations)
        places = [axis(at) for one in stale().operations for at in (one.invoked, one.returned)]
        assert places == sorted(places)


class TestReportCommand:
    def test_from_the_history_alone(self, tmp_path: Path) -> None:
        """JSON and JUnit say what the terminal says, and the exit code is the run's."""
        path = written(stale(), tmp_path / "h.jsonl")
        json_, junit = tmp_path / "r.json", tmp_path / "r.xml"
        result = invoke("report", path, "--json", json_, "--junit", junit)
        said = json.loads(json_.read_text())
        suite = ElementTree.parse(junit).getroot()  # noqa: S314  # it is ours
        assert result.exit_code == said["exit_code"] == 1
        violated = {v["invariant"] for v in said["verdicts"] if v["state"] == "violated"}
        failed = {case.get("name") for case in suite if case.find("failure") is not None}
        assert violated == failed
        assert "fresh-reads" in violated
        assert len(suite) == len(CATALOGUE)
        assert suite.get("failures") == str(len(violated))

    def test_several_are_one(self, tmp_path: Path) -> None:
        """A fault that takes operations of two processes is seen only in both histories."""
        story = stale()
        one, other = Story(), Story()
        one.operations, other.operations = story.operations[:2], story.operations[2:]
        first, second = written(one, tmp_path / "a"), written(other, tmp_path / "b")
        alone, together = invoke("report", first), invoke("report", first, second)
        assert alone.exit_code != 1
        assert together.exit_code == 1, together.output

    @pytest.mark.parametrize(
        ("text", "sentence"),
        [
            ('{"kind": "no such"}\n', "line 1 is no operation"),
            ("", "does not say of which run it is"),
            ("not JSON\n{}\n", "is no history"),
        ],
    )
    def test_not_a_history(self, tmp_path: Path, text: str, sentence: str) -> None:
        """Another file is refused in a sentence."""
        path = tmp_path / "h"
        path.write_text(text)
        result = invoke("report", path)
        assert result.exit_code == 2
        assert sentence in result.stderr

    def test_cut_off(self, tmp_path: Path) -> None:
        """The history of a run that was killed is judged as far as it goes."""
        path = written(stale(), tmp_path / "h.jsonl")
        path.write_text(path.read_text() + '{"kind": "read-it')
        assert invoke("report", path).exit_code == 1

    def test_not_there(self, tmp_path: Path) -> None:
        result = invoke("report", tmp_path / "no")
        assert result.exit_code == 2
        assert "Cannot read the history" in result.stderr


class TestCompare:
    def test_noise_and_not(self, tmp_path: Path) -> None:
        """A run against itself is noise; one half as fast is slower."""
        path = written(healthy(), tmp_path / "a")
        slower = written(healthy(), tmp_path / "b", slower=2.0)
        same = invoke("compare", path, path)
        assert "noise" in same.stdout
        assert "slower" not in same.stdout
        assert "slower by 100%" in invoke("compare", path, slower).stdout
        assert "faster by 50%" in invoke("compare", slower, path).stdout

    def test_verdicts_that_differ(self) -> None:
        """What broke since is named, with both states."""
        rows = {
            row.name: (row.before, row.after)
            for row in compare(reported(healthy()), reported(stale()))
        }
        assert rows["fresh-reads"] == ("held", "violated")

    def test_page(self, tmp_path: Path) -> None:
        path, html = written(stale(), tmp_path / "a"), tmp_path / "c.html"
        invoke("compare", path, path, "--html", html)
        assert "99 % confidence" in html.read_text()
