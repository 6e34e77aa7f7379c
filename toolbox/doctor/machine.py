"""What the machine brings beside what an environment needs: Docker, git, its clock."""

import os
import time
from collections.abc import Iterator

from toolbox.doctor.beginning import say
from toolbox.doctor.diagnosis import Diagnosis, fault, note, well
from toolbox.postgres import SWITCH

TOLERANCE = 60  # seconds that a clock may be behind the newest commit


def look_at_docker() -> Iterator[Diagnosis]:
    """Look whether an engine answers, where somebody wants one."""
    version = say("docker", "info", "--format", "{{.ServerVersion}}")
    if version:
        yield well("Docker", f"the engine {version} answers")
    elif os.environ.get(SWITCH) == "docker" and not os.environ.get("DATABASE_URL"):
        yield fault(
            "Docker", f"{SWITCH}=docker asks for an engine, and none answers", f"unset {SWITCH}"
        )
    else:
        yield note("Docker", "no engine answers; only `nox -s compose` needs one")


def look_at_git() -> Iterator[Diagnosis]:
    """Look whether there is git, and a history: some sessions read it."""
    without = "init, update, db -- branch, and what compares with a commit cannot be had"
    version = say("git", "--version")
    if version is None:
        yield note("git", f"it is not there: {without}")
    elif say("git", "rev-parse", "--verify", "HEAD") is None:
        yield note("git", f"it reads no history in this folder: {without}")
    else:
        yield well("git", version.removeprefix("git version "))


def look_at_clock() -> Iterator[Diagnosis]:
    """Look whether the clock is behind what has happened already."""
    newest = say("git", "log", "-1", "--format=%ct")
    behind = int(newest) - time.time() if newest else 0
    if behind > TOLERANCE:
        yield fault(
            "Clock",
            f"it is at least {behind:.0f} s behind: the newest commit is from the future",
            "sudo timedatectl set-ntp true",
        )
    else:
        yield well("Clock", time.strftime("%Y-%m-%d %H:%M:%S %Z"))
