"""The command line: what it refuses, and what it says when there is no app."""

import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from integration_cli.cli import main

NOWHERE = "http://127.0.0.1:9"  # the discard port: nothing listens


def invoke(tmp_path: Path, *arguments: str) -> Result:
    environment = {"INTEGRATION_LEDGER_DIR": str(tmp_path), "APP_URL": None}
    return CliRunner(env=environment).invoke(main, arguments, prog_name="integration_cli")


class TestUsage:
    @pytest.mark.parametrize(
        "arguments",
        [
            ["sample_data"],
            ["sample_data", "--app-url", "ftp://127.0.0.1"],
            ["sample_data", "--app-url", NOWHERE, "--users", "1001"],
            ["cleanup", "--app-url", NOWHERE, "--all", "--run-id", "x"],
            ["cleanup", "--app-url", NOWHERE, "--run-id", "no-such-run"],
            ["deadlocks", "--app-url", NOWHERE, "--rows", "1001"],
        ],
    )
    def test_refused(self, tmp_path: Path, arguments: list[str]) -> None:
        """A mistake of the user's is exit code 2 and a sentence."""
        result = invoke(tmp_path, *arguments)
        assert result.exit_code == 2
        assert "Error: " in result.stderr

    @pytest.mark.parametrize("command", ["concurrency", "deadlocks", "suite"])
    def test_a_stranger_is_not_hammered(self, tmp_path: Path, command: str) -> None:
        """A target that is not this machine needs the user's word."""
        result = invoke(tmp_path, command, "--app-url", "http://192.0.2.1")
        assert result.exit_code == 2
        assert "--i-own-this-target" in result.stderr

    def test_help_lists_exit_codes(self, tmp_path: Path) -> None:
        result = invoke(tmp_path, "--help")
        assert "an invariant was violated" in result.stdout


class TestNoApp:
    @pytest.mark.parametrize("command", ["sample_data", "concurrency", "deadlocks", "suite"])
    def test_unreachable(self, tmp_path: Path, command: str) -> None:
        """An app that does not run is exit code 4, and nothing is written down."""
        result = invoke(tmp_path, command, "--app-url", NOWHERE)
        assert result.exit_code == 4
        assert "No app answers at http://127.0.0.1:9: connection refused." in result.stderr
        assert list(tmp_path.iterdir()) == []

    def test_nothing_to_clean_up(self, tmp_path: Path) -> None:
        """An empty ledger needs no app."""
        result = invoke(tmp_path, "cleanup", "--app-url", NOWHERE)
        assert result.exit_code == 0
        assert "Nothing to remove" in result.stdout

    def test_one_line(self) -> None:
        """As a program: one line on stderr, no stack trace."""
        command = [sys.executable, "-m", "integration_cli", "sample_data", "--app-url", NOWHERE]
        done = subprocess.run(command, check=False, capture_output=True, text=True)
        assert done.returncode == 4
        assert len(done.stderr.splitlines()) == 1
        assert "Traceback" not in done.stderr
