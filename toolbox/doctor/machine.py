"""What the machine brings: interpreter, uv, Docker, room on its disk, its clock."""

import os
import platform
import shutil
import subprocess
import sys
import time
import tomllib
from collections.abc import Iterator

from packaging.specifiers import SpecifierSet
from packaging.version import Version

from toolbox.checkout import DATA, ROOT
from toolbox.doctor.diagnosis import Diagnosis, fault, note, well
from toolbox.postgres import SWITCH

ENOUGH_ROOM = 2 * 1024**3  # bytes; the environments of all sessions take about 1.5 GiB
TOLERANCE = 60  # seconds that a clock may be behind the newest commit
PATIENCE = 20  # seconds


def examine_machine() -> Iterator[Diagnosis]:
    """Look at what the sessions find on this machine."""
    yield _interpreter()
    yield _uv()
    yield _docker()
    yield _disk()
    yield _clock()


def say(*command: str) -> str | None:
    """Return what a program prints, or None if it is not there, fails or hangs."""
    try:
        done = subprocess.run(
            command, cwd=ROOT, capture_output=True, text=True, timeout=PATIENCE, check=False
        )
    except (OSError, subprocess.TimeoutExpired):
        return None
    return done.stdout.strip() if done.returncode == 0 else None


def project() -> dict[str, dict[str, object]]:
    """Return what pyproject.toml says: under `project`, and under `uv` of its tools."""
    said = tomllib.loads((ROOT / "pyproject.toml").read_text())
    return {"project": said["project"], "uv": said["tool"]["uv"]}


def _interpreter() -> Diagnosis:
    wanted = str(project()["project"]["requires-python"])
    here = platform.python_version()
    if Version(here) in SpecifierSet(wanted, prereleases=True):
        return well("Python", f"{here}, {sys.executable}")
    return fault("Python", f"{here} is too old: this needs {wanted}", "uvx --python 3.13 nox")


def _uv() -> Diagnosis:
    said = say("uv", "--version")
    if said is None:
        return fault("uv", "it is not there", "python3 -m pip install uv")
    here, wanted = said.split()[1], str(project()["uv"]["required-version"])
    if Version(here) in SpecifierSet(wanted):
        return well("uv", here)
    return fault("uv", f"{here} is too old: this needs {wanted}", "python3 -m pip install -U uv")


def _docker() -> Diagnosis:
    version = say("docker", "info", "--format", "{{.ServerVersion}}")
    if version:
        return well("Docker", f"the engine {version} answers")
    if os.environ.get(SWITCH) == "docker":
        return fault(
            "Docker", f"{SWITCH}=docker asks for an engine, and none answers", f"unset {SWITCH}"
        )
    return note("Docker", "no engine answers; only `nox -s compose` needs one")


def _disk() -> Diagnosis:
    DATA.mkdir(exist_ok=True)
    free = shutil.disk_usage(DATA).free
    said = f"{free / 1024**3:.1f} GiB are free"
    return well("Disk", said) if free >= ENOUGH_ROOM else fault("Disk", said, "uv cache prune")


def _clock() -> Diagnosis:
    newest = say("git", "log", "-1", "--format=%ct")
    behind = int(newest) - time.time() if newest else 0
    if behind > TOLERANCE:
        return fault(
            "Clock",
            f"it is at least {behind:.0f} s behind: the newest commit is from the future",
            "sudo timedatectl set-ntp true",
        )
    return well("Clock", time.strftime("%Y-%m-%d %H:%M:%S %Z"))
