"""Every format says all that was found, in a form that its readers accept."""

import io
import json
import re
from collections.abc import Callable
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest
from rich.console import Console

from tests.gate.samples import DRIFTS, FILE, REWRITES, drift, report, rewrite
from toolbox.checkout import ROOT
from toolbox.gate import reports
from toolbox.gate.finding import Finding
from toolbox.gate.report import Report
from toolbox.gate.reports import terminal
from toolbox.gate.reports.machine import annotations, as_json, junit
from toolbox.gate.reports.markdown import markdown

pytestmark = pytest.mark.usefixtures("sample_rules")


@pytest.fixture
def found(monkeypatch: pytest.MonkeyPatch) -> Report:
    """A report of two findings, read in the checkout."""
    monkeypatch.chdir(ROOT)
    return report(rewrite(), drift(), not_judged="there is no git here")


def in_terminal(what: Report, width: int) -> str:
    console = Console(file=io.StringIO(), width=width, highlight=False)
    terminal.show(what, console)
    assert isinstance(console.file, io.StringIO)
    return console.file.getvalue()


def squeezed(text: str) -> str:
    return re.sub(r"\s+", "", text)


class TestForPeople:
    @pytest.mark.parametrize("width", [60, 80, 120])
    def test_terminal(self, found: Report, width: int) -> None:
        """However narrow it is, nothing of a finding is cut off, and nothing is wider."""
        text = in_terminal(found, width)
        assert max(len(line.rstrip()) for line in text.splitlines()) <= width
        for words in facts(found):
            assert squeezed(words) in squeezed(text)

    def test_terminal_order(self, found: Report) -> None:
        """What no revision is to blame for comes first, then revision by revision."""
        text = in_terminal(found, 100)
        assert text.index(DRIFTS) < text.index("4f2a give items a code (new)")
        assert text.index("4f2a give items a code (new)") < text.index(REWRITES)

    def test_markdown(self, found: Report) -> None:
        """It says the same, and its blocks of code end where they should."""
        text = markdown(found)
        for words in facts(found):
            assert squeezed(words) in squeezed(text)
        assert len(re.findall(r"^```", text, re.MULTILINE)) % 2 == 0

    def test_nothing_found(self) -> None:
        """Where nothing is wrong, no way out is offered."""
        text = in_terminal(report(), 100)
        assert text.count("✓") == 3
        assert "explain" not in text

    def test_last_line(self, found: Report) -> None:
        """The last line is the verdict, and names what was not judged: a log is read from there."""
        assert in_terminal(found, 80).splitlines()[-1].startswith("✗ findings: ")
        assert in_terminal(report(), 80).splitlines()[-1].startswith("nothing found  ")
        unjudged = report(not_judged="there is no git here")
        last = in_terminal(unjudged, 80).splitlines()[-1]
        assert last.startswith("nothing found; not judged: safety")


def facts(found: Report) -> list[str]:
    """Return what a person must be able to read."""
    first = rewrite()
    return [
        *(each.rule for each in found.findings),
        *(each.subject for each in found.findings),
        first.message,
        str(first.statement),
        *first.observed,
        str(first.cost),
        *str(first.remedy).splitlines(),
        f"{FILE.relative_to(ROOT)}:24",
        "there is no git here",
        "Columns are in another order.",
        "1 difference",
    ]


class TestForMachines:
    def test_json(self, found: Report) -> None:
        """JSON has every member of every finding, and the version of its form."""
        read = json.loads(as_json(found))
        assert read["version"] == 1
        assert read["exit_code"] == found.exit_code
        (drifted, rewritten) = read["findings"]
        assert drifted["place"] is None
        assert drifted["message"] == drift().message
        assert rewritten["place"] == {
            "revision": "4f2a",
            "file": str(FILE.relative_to(ROOT)),
            "line": 24,
        }
        assert rewritten["observed"] == [*rewrite().observed]

    def test_junit(self, found: Report) -> None:
        """JUnit's counts are those of its cases, whatever letters a message has."""
        root = ET.fromstring(junit(found))  # noqa: S314 - we wrote it
        for suite in root:
            assert int(suite.get("tests", "")) == len(suite.findall("testcase"))
            assert int(suite.get("failures", "")) == len(suite.findall("testcase/failure"))
        assert {failure.get("type") for failure in root.iter("failure")} == {DRIFTS, REWRITES}

    def test_github(self, found: Report) -> None:
        """An annotation is one line, and what would end it or its properties is escaped."""
        lines = [*annotations(found)]
        assert len(lines) == 2
        assert all("\n" not in line for line in lines)
        where = f"::error file={FILE.relative_to(ROOT)},line=24,title={REWRITES}::"
        assert any(line.startswith(where) for line in lines)
        assert any("50%25 | ```,%0A" in line for line in lines)

    def test_in_a_job(
        self,
        found: Report,
        tmp_path: Path,
        monkeypatch: pytest.MonkeyPatch,
        capsys: pytest.CaptureFixture[str],
    ) -> None:
        """In a job of GitHub's the same command annotates, and adds to the job's summary."""
        summary = tmp_path / "summary.md"
        summary.write_text("Before.\n")
        monkeypatch.setenv("GITHUB_ACTIONS", "true")
        monkeypatch.setenv("GITHUB_STEP_SUMMARY", str(summary))
        reports.show(found, None)
        assert "::error file=" in capsys.readouterr().out
        assert summary.read_text() == "Before.\n" + markdown(found)

    @pytest.mark.parametrize("suffix", reports.OF_SUFFIX)
    def test_file(self, found: Report, tmp_path: Path, suffix: str) -> None:
        """A file is written in the format of its suffix, and its folder made."""
        file = tmp_path / "reports" / f"gate{suffix}"
        reports.write(found, file)
        assert file.read_text() == reports.TEXTS[reports.OF_SUFFIX[suffix]](found)


@pytest.mark.parametrize(
    ("makers", "code"), [((), 0), ((drift,), 4), ((rewrite,), 16), ((drift, rewrite), 20)]
)
def test_exit_codes(makers: tuple[Callable[[], Finding], ...], code: int) -> None:
    """The exit code tells the questions apart, and not how many findings each has."""
    assert report(*(make() for make in makers for _ in range(2))).exit_code == code
