"""The README and the sessions say the same, and a session's mistakes end in one clear line."""

import os
import re
import subprocess
import sys
from functools import cache
from pathlib import Path
from shutil import which

import click
import pytest

from toolbox.checkout import ROOT
from toolbox.cli import toolbox

README = (ROOT / "README.md").read_text()
BASH = which("bash") or ""


@cache
def listed_sessions() -> dict[str, str]:
    """Each session's name and the first line of its docstring."""
    listing = subprocess.run(
        [sys.executable, "-m", "nox", "--list"],
        cwd=ROOT,
        env={**os.environ, "NOX_SCRIPT_MODE": "none"},
        capture_output=True,
        text=True,
        check=True,
    )
    return dict(re.findall(r"^[*-] ([\w.-]+) -> (.*)$", listing.stdout, re.MULTILINE))


@pytest.fixture
def sessions() -> dict[str, str]:
    """The sessions, but for those that are others on another Python."""
    return {name: text for name, text in listed_sessions().items() if "-" not in name}


@pytest.fixture
def rows() -> dict[str, str]:
    """What the README's table says of each session."""
    return dict(re.findall(r"^\| `nox -s (\w+)` \| (.*) \|$", README, re.MULTILINE))


def test_readme_lists_every_session(sessions: dict[str, str], rows: dict[str, str]) -> None:
    """The README's table has each session, in Nox's words and maybe more, and no other."""
    assert {name: text.partition(" Also ")[0] for name, text in rows.items()} == sessions


@pytest.mark.parametrize("session", ["db", "bench", "check_migrations"])
def test_readme_lists_every_command(session: str, rows: dict[str, str]) -> None:
    """A session that has commands of its own names all of them there, but for its default."""
    command = toolbox.get_command(click.Context(toolbox), session.replace("_", "-"))
    assert isinstance(command, click.Group)
    default = {"db": "url"}.get(session) or getattr(command, "default", None)
    named = set(re.findall(r"`(?:-- )?([\w-]+)", rows[session]))
    assert {*command.commands} - {default} - named == set()


def test_readme_speaks_of_sessions_that_exist(sessions: dict[str, str]) -> None:
    """Wherever a document names a session, there is one."""
    documents = [ROOT / "README.md", *(ROOT / "docs").rglob("*.md")]
    named = {name for path in documents for name in re.findall(r"nox -s (\w+)", path.read_text())}
    assert named - set(sessions) == set()


def test_ci_runs_the_readmes_command() -> None:
    """CI runs what the README tells a newcomer to run, and ends as that does."""
    lines = (ROOT / ".ci" / "run").read_text().splitlines()
    commands = [line for line in lines if line and not line.startswith(("#", "set ", "cd "))]
    assert commands == [
        "rm -rf .data/reports",
        ".ci/install-servers",
        "python3 -m pip install --quiet nox",
        "status=0",
        "python3 -m nox || status=$?",
        "shopt -s nullglob",
        ".ci/tally .data/reports/*.xml",
        'exit "$status"',
    ]
    assert "python3 -m pip install nox" in README


def test_environments_move_with_their_checkout(tmp_path: Path) -> None:
    """What a session has installed runs in a checkout that was renamed since."""
    before = tmp_path / "before"
    before.mkdir()
    for name in ("noxfile.py", "pyproject.toml", "uv.lock"):
        (before / name).write_bytes((ROOT / name).read_bytes())
    make = [sys.executable, "-m", "nox", "--install-only", "-s", "migrate"]
    subprocess.run(make, cwd=before, env={**os.environ, "NOX_SCRIPT_MODE": "none"}, check=True)
    after = before.rename(tmp_path / "after")
    alembic = after / ".nox" / "migrate" / "bin" / "alembic"
    assert subprocess.check_output([alembic, "--version"], text=True).startswith("alembic ")


@pytest.mark.parametrize(
    ("programs", "output"),
    [
        ({}, ""),
        ({"id": "echo 1000", "apt-get": "echo called"}, ""),
        ({"id": "echo 0"}, ""),
        ({"id": "echo 0", "apt-get": "echo broken >&2; exit 100"}, "cannot be installed"),
        ({"id": "echo 0", "apt-get": "exit 0"}, ""),
        ({"id": "echo 0", "apt-get": "exit 100", "nginx": "", "pgbouncer": ""}, ""),
    ],
    ids=["bare", "nobody", "no apt", "no network", "installs", "installed"],
)
def test_ci_goes_on_without_servers(tmp_path: Path, programs: dict[str, str], output: str) -> None:
    """Who may not or cannot install servers has no error from it, and one sentence at most."""
    for name, script in {"id": "echo 1000", **programs}.items():
        program = tmp_path / name
        program.write_text(f"#!/bin/sh\n{script}\n")
        program.chmod(0o755)
    done = subprocess.run(
        [BASH, ROOT / ".ci" / "install-servers"],
        env={"PATH": str(tmp_path)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stderr) == (0, "")
    assert len(done.stdout.splitlines()) == bool(output)
    assert output in done.stdout
