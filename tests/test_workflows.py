"""What GitHub runs is what a laptop runs: sessions by their names, from pinned actions."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.test_docs_commands import check
from tests.test_sessions import listed_sessions
from toolbox.checkout import ROOT

WORKFLOWS = sorted((ROOT / ".github" / "workflows").glob("*.yml"))

INSTALL = {
    "python3 -m pip install nox",
    "sudo .ci/install-servers",
}

# Sessions that need a person, or a service that runs on: a workflow has no use for them. `tools`
# and `functional` are in `coverage`.
NOT_IN_WORKFLOWS = {"dev", "serve", "db", "doctor", "migrate", "revision", "bench"} | {
    # `coverage` runs the tests of both.
    "tools",
    "functional",
    "init",
    "new",
    "update",
}


def jobs(path: Path) -> dict[str, dict[str, Any]]:
    found: dict[str, dict[str, Any]] = yaml.safe_load(path.read_text())["jobs"]
    return found


def commands(job: dict[str, Any]) -> Iterator[str]:
    """Return what a job runs, once for each session of its matrix."""
    matrix = job.get("strategy", {}).get("matrix", {})
    rows = [*({"session": name} for name in matrix.get("session", [])), *matrix.get("include", [])]
    for step in job["steps"]:
        if "run" not in step:
            continue
        if "$SESSION" in step["run"]:
            names = re.findall(r"\$(\w+)", step["run"])
            assert step["env"] == {name: f"${{{{ matrix.{name.lower()} }}}}" for name in names}
            yield from (filled(step["run"], row) for row in rows)
        else:
            yield step["run"]


def filled(command: str, row: dict[str, str]) -> str:
    """Return a command with the variables of a row of the matrix, as the shell sees them."""
    return re.sub(r'"?\$(\w+)"?', lambda found: row[found[1].lower()], command)


ALL = [command for path in WORKFLOWS for job in jobs(path).values() for command in commands(job)]


def test_jobs_run_sessions_and_nothing_else() -> None:
    """Besides installing what they need, a job runs sessions that there are."""
    for command in set(ALL) - INSTALL:
        assert re.fullmatch(r"nox -s [\w.-]+( -- .+)?", command), command
        check(command)  # the session is there, and has these options


def test_every_session_runs_somewhere() -> None:
    """A session that no workflow runs is one for a person."""
    run = {command.split()[2] for command in ALL if command not in INSTALL}
    assert set(listed_sessions()) - run == NOT_IN_WORKFLOWS


@pytest.mark.parametrize("path", WORKFLOWS, ids=lambda path: path.stem)
def test_actions_are_pinned(path: Path) -> None:
    """An action is named by its commit, which nobody can move, with its version beside it."""
    uses = re.findall(r"uses: (.*)", path.read_text())
    assert uses
    for use in uses:
        assert re.fullmatch(r"[\w./-]+@[0-9a-f]{40} # v[\d.]+", use), use


@pytest.mark.parametrize("path", WORKFLOWS, ids=lambda path: path.stem)
def test_permissions_are_least(path: Path) -> None:
    """A workflow reads the code, and may do nothing else."""
    workflow = yaml.safe_load(path.read_text())
    assert workflow["permissions"] == {"contents": "read"}
    assert all("permissions" not in job for job in workflow["jobs"].values())
