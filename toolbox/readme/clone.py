"""A fresh clone of a checkout, as a newcomer has one, in a place that is gone afterwards."""

import os
import secrets
import shutil
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from api.settings import Settings
from toolbox.processes import ask

# What this machine or a session says to the commands, and a newcomer's shell does not.
FOREIGN = {
    "CI",
    "DATABASE_URL",
    "FORCE_COLOR",
    "GIT_DIR",
    "GIT_INDEX_FILE",
    "GIT_WORK_TREE",
    "UV_PROJECT_ENVIRONMENT",
    "VIRTUAL_ENV",
    *(name.upper() for name in Settings.model_fields),
}
FOREIGN_PREFIXES = (
    "APP_",
    "COMPOSE_",
    "COV",
    "NOX",
    "OTEL_",
    "PG",
    "POSTGRES_",
    "PYTEST",
    "PYTHON",
    "TOOLBOX_",
)


PYTHON = "python"  # the folder of the newcomer's Python, beside the clone


@dataclass(frozen=True)
class Place:
    """A folder, and the environment of the commands that are typed there."""

    folder: Path
    environment: Mapping[str, str]

    def log(self, name: str) -> Path:
        """Return where output goes: beside the folder, which it does not change."""
        return self.folder.with_name(f"{name}.log")


@contextmanager
def fresh(source: Path) -> Iterator[Place]:
    """Clone a checkout with what is not committed, and give it a Python without any packages.

    Raises:
        ToolboxError: the source is no git repository, or the clone's Postgres cannot be stopped.
    """
    with TemporaryDirectory(prefix="pir-readme-") as name:
        above = Path(name).resolve()
        above.chmod(0o755)  # for root's Postgres, which another account runs
        place = Place(above / "clone", environment(source, above / PYTHON / "bin"))
        _run("git", "clone", "--quiet", str(source), str(place.folder), place=place, cwd=above)
        overlay(source, place)
        make_python(place)
        try:
            yield place
        finally:
            stop_postgres(place)


def environment(source: Path, programs: Path) -> dict[str, str]:
    """Return ours without what is foreign to a newcomer's, with these programs before all others.

    Containers get a name and ports of their own, beside whatever runs.
    """
    path = [name for name in os.get_exec_path() if not Path(name).is_relative_to(source)]
    return {
        **{
            name: value
            for name, value in os.environ.items()
            if name not in FOREIGN and not name.startswith(FOREIGN_PREFIXES)
        },
        "PATH": os.pathsep.join([str(programs), *path]),
        "COMPOSE_PROJECT_NAME": f"pir-readme-{secrets.token_hex(3)}",
        "APP_PORT": "0",
        "POSTGRES_PORT": "0",
    }


def make_python(place: Place) -> None:
    """Make the newcomer's Python: of our version, with pip and nothing else."""
    _run(sys.executable, "-m", "venv", str(place.folder.with_name(PYTHON)), place=place)


def overlay(source: Path, place: Place) -> None:
    """Bring what is changed, new or deleted in the source and not committed to its clone."""
    changed = _run("git", "diff", "--name-only", "-z", "HEAD", place=place, cwd=source)
    new = _run("git", "ls-files", "--others", "--exclude-standard", "-z", place=place, cwd=source)
    for name in filter(None, (changed + new).split("\0")):
        old, copy = source / name, place.folder / name
        if old.exists():
            copy.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(old, copy)
        else:
            copy.unlink(missing_ok=True)


def stop_postgres(place: Place) -> None:
    """Stop the clone's Postgres, and remove its data where it lies elsewhere.

    Raises:
        ToolboxError: it cannot be stopped.
    """
    home = place.folder / ".data" / "postgres"
    if not home.exists():
        return
    # The clone's own toolbox, with our Python: that the session has one is not sure.
    _run(sys.executable, "-m", "toolbox", "db", "stop", place=place)
    if home.is_symlink():
        shutil.rmtree(home.resolve().parent)


def _run(*command: str, place: Place, cwd: Path | None = None) -> str:
    return ask(command, place.environment, cwd or place.folder)
