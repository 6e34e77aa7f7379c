"""What must be well before an environment can be made; all of it by the standard library alone."""

import os
import platform
import re
import shlex
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

from toolbox.checkout import ROOT
from toolbox.doctor.diagnosis import Diagnosis, fault, well

ENOUGH_ROOM = 2 * 1024**3  # bytes; the environments of all sessions take about 1.5 GiB
PATIENCE = 20  # seconds
NUMBER = re.compile(r"\d+(?:\.\d+)+")
LOWEST = re.compile(r">=\s*([\d.]+)")


def say(*command: str) -> str | None:
    """Return what a program prints, or None if it is not there, fails or hangs."""
    try:
        done = subprocess.run(
            command, cwd=ROOT, capture_output=True, text=True, timeout=PATIENCE, check=False
        )
    except (OSError, subprocess.TimeoutExpired):
        return None
    return done.stdout.strip() if done.returncode == 0 else None


def look_at_project() -> Diagnosis:
    """Look whether pyproject.toml and uv.lock are there and can be read."""
    for path in (ROOT / "pyproject.toml", ROOT / "uv.lock"):
        restore = f"git checkout HEAD -- {path.name}"
        try:
            tomllib.loads(path.read_text())
        except FileNotFoundError:
            return fault(path.name, "it is not there", restore)
        except (tomllib.TOMLDecodeError, UnicodeDecodeError) as exc:
            if path.name == "uv.lock":
                # As after a merge: what one side had is a good beginning for what both need.
                return fault(path.name, f"it cannot be read: {exc}", f"{restore} && uv lock")
            return fault(path.name, f"it cannot be read: {exc}; mend it by hand")
    return well("Project", "pyproject.toml and uv.lock can be read")


def look_at_interpreter() -> Diagnosis:
    """Look whether the interpreter is new enough."""
    wanted, here = str(_project()["project"]["requires-python"]), platform.python_version()
    if _is_enough(here, wanted):
        return well("Python", f"{here}, {sys.executable}")
    return fault("Python", f"{here} is too old: this needs {wanted}", "uvx --python 3.13 nox")


def look_at_uv() -> Diagnosis:
    """Look whether uv is there, and new enough."""
    said = say("uv", "--version")
    if said is None:
        return fault("uv", "it is not there, or does not run", "python3 -m pip install uv")
    wanted, here = str(_project()["tool"]["uv"]["required-version"]), NUMBER.search(said)
    if here is None:
        return fault(
            "uv",
            f"{shutil.which('uv')} is not uv: it says {said[:40]!r}",
            "python3 -m pip install uv",
        )
    if _is_enough(here[0], wanted):
        return well("uv", here[0])
    return fault("uv", f"{here[0]} is too old: this needs {wanted}", "python3 -m pip install -U uv")


def look_at_folder() -> Diagnosis:
    """Look whether we may write to the checkout, and to what sessions have made in it."""
    made = [path for path in (ROOT / ".data", ROOT / ".nox") if os.access(path, os.F_OK)]
    by_effect = os.access in os.supports_effective_ids
    closed = [
        str(path) for path in (ROOT, *made) if not os.access(path, os.W_OK, effective_ids=by_effect)
    ]
    if not closed:
        return well("Folder", str(ROOT))
    return fault(
        "Folder",
        f"{' and '.join(closed)} cannot be written to, as happens after a run as root",
        f'sudo chown -R "$(id -un)" {shlex.quote(str(ROOT))}',
    )


def look_at_disk() -> Diagnosis:
    """Look how much room there is."""
    free = shutil.disk_usage(_nearest(ROOT / ".data")).free
    said = f"{free / 1024**3:.1f} GiB are free"
    if free >= ENOUGH_ROOM:
        return well("Disk", said)
    needed = f"all sessions together need {ENOUGH_ROOM / 1024**3:.0f}"
    return fault("Disk", f"{said}, and {needed}", "uv cache prune")


def make_environment(folder: Path) -> Diagnosis:
    """Make the environment in which everything else is looked at, or say why it cannot be."""
    command = ["uv", "sync", "--frozen", "--quiet", "--no-default-groups", "--group=toolbox"]
    done = subprocess.run(
        [*command, "--python", sys.executable],
        cwd=ROOT,
        env={**os.environ, "UV_PROJECT_ENVIRONMENT": str(folder)},
        stderr=subprocess.PIPE,
        text=True,
        check=False,
    )
    if done.returncode == 0:
        return well("Environment", str(folder))
    words = " ".join(done.stderr.split())
    return fault("Environment", f"uv could not install what uv.lock lists: {words}")


# In an order in which each can be looked at where those before it are well.
LOOKS = (look_at_project, look_at_interpreter, look_at_uv, look_at_folder, look_at_disk)


def _project() -> dict[str, dict[str, dict[str, object]]]:
    said: dict[str, dict[str, dict[str, object]]]
    said = tomllib.loads((ROOT / "pyproject.toml").read_text())
    return said


def _is_enough(here: str, wanted: str) -> bool:
    """Tell whether a version is at least the lowest that a specifier, as `>=3.11`, allows."""
    lowest = LOWEST.search(wanted)
    return lowest is None or _numbers(here) >= _numbers(lowest[1])


def _numbers(version: str) -> list[int]:
    return [int(number) for number in re.findall(r"\d+", version)[:3]]


def _nearest(path: Path) -> Path:
    """Return the path, or what there is above it."""
    return path if path.exists() else _nearest(path.parent)
