"""The gate's command: what it prints, where it writes, and what it refuses."""

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from tests.gate.samples import DRIFTS, REWRITES, drift, report, rewrite
from toolbox.commands import gate
from toolbox.gate.finding import Finding
from toolbox.gate.report import Report
from toolbox.gate.rules import rules


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch, server_url: str) -> "Run":
    """Runs the command where the engines have found what a test says."""
    return Run(monkeypatch, server_url)


class Run:
    def __init__(self, patch: pytest.MonkeyPatch, server: str) -> None:
        self.patch = patch
        self.server = server

    def __call__(self, *arguments: str, found: tuple[Finding, ...] = ()) -> Result:
        def judged(*_: object) -> Report:
            return report(*found)

        self.patch.setattr(gate, "run", judged)
        self.patch.setenv("DATABASE_URL", self.server)
        return CliRunner().invoke(gate.check_migrations, arguments)


@pytest.mark.usefixtures("sample_rules")
class TestCheck:
    def test_several_formats_at_once(self, run: Run, tmp_path: Path) -> None:
        """Each file is in the format of its suffix, and the terminal's report is printed."""
        files = [tmp_path / name for name in ("gate.json", "gate.xml", "gate.md")]
        outputs = [word for file in files for word in ("--output", str(file))]
        done = run(*outputs, found=(drift(), rewrite()))
        assert done.exit_code == 4 + 16
        assert "✗ drift" in done.stdout
        assert json.loads(files[0].read_text())["exit_code"] == 20
        assert files[1].read_text().startswith("<?xml")
        assert files[2].read_text().startswith("## ")

    def test_baseline(self, run: Run, tmp_path: Path) -> None:
        """What the baseline was written with passes; what comes after does not."""
        options = ("--baseline", str(tmp_path / "baseline.json"))
        assert run(*options, "--write-baseline", found=(drift(),)).exit_code == 0
        assert run(*options, found=(drift(),)).exit_code == 0
        done = run(*options, "--format", "json", found=(drift(), rewrite()))
        assert done.exit_code == 16
        said = json.loads(done.stdout)
        assert [each["rule"] for each in said["findings"]] == [REWRITES]
        assert [each["rule"] for each in said["in_baseline"]] == [DRIFTS]

    @pytest.mark.parametrize(
        ("arguments", "words"),
        [
            (("--since", "a", "--all"), "take one"),
            (("--write-baseline",), "--baseline FILE"),
            (("--output", "gate.html"), "suffix"),
            (("--format", "html"), "--format"),
        ],
    )
    def test_wrong_command_line(self, run: Run, arguments: tuple[str, ...], words: str) -> None:
        """Options that mean nothing, or contradict each other, are neither drift nor a failure."""
        done = run(*arguments)
        assert done.exit_code == 2
        assert words in done.stderr

    @pytest.mark.parametrize(
        ("option", "words"),
        [("--since", "Can't locate revision"), ("--against", "knows no branch or commit")],
    )
    def test_nothing_of_that_name(self, run: Run, option: str, words: str) -> None:
        """A misspelt name is told of: with no revision new, safety would pass unjudged."""
        done = run(option, "no-such-thing")
        assert done.exit_code == 1
        assert words in done.stderr

    def test_no_project(self, run: Run, tmp_path: Path) -> None:
        """Where there is no project, the option that names one is."""
        done = run("--config", str(tmp_path / "alembic.ini"))
        assert done.exit_code == 1
        assert "--config" in done.stderr


class TestExplain:
    def test_list(self, run: Run) -> None:
        """Without a name each rule has its line."""
        lines = run("explain").stdout.splitlines()
        assert [line.split()[0] for line in lines] == [*rules()]

    def test_page(self, run: Run) -> None:
        """With a name its page is printed."""
        assert run("explain", "unused-exception").stdout.startswith("# unused-exception\n")

    def test_misspelt(self, run: Run) -> None:
        """A rule that there is not is refused with those that are spelt alike."""
        done = run("explain", "unused-exeption")
        assert done.exit_code == 1
        assert "unused-exception" in done.stderr
