"""The app as it is deployed: its code at a commit, in an environment of its own."""

import os
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from toolbox.commits import export
from toolbox.errors import ToolboxError
from toolbox.gate.history.git import Base
from toolbox.processes import ask
from toolbox.serving import development

LOCK = "uv.lock"
FOREIGN = {"VIRTUAL_ENV", "PYTHONPATH"}  # of our environment, which is not the app's


@dataclass(frozen=True, slots=True)
class App:
    """An app that can be served.

    Args:
        folder: where its package `api` is.
        python: the interpreter of its environment.
        words: what code and which environment that is, for people.
    """

    folder: Path
    python: str
    words: str


def unpacked(at: Base, folder: Path, ours: Path) -> App:
    """Return the app of a commit, written into a folder.

    Its environment is made from its own uv.lock; if that equals ours, ours serves.

    Args:
        at: the commit.
        folder: an empty one.
        ours: where the app is in the working tree.

    Raises:
        ToolboxError: there is no such app at that commit, or its environment cannot be made.
    """
    export(at.root, at.commit, folder)
    folder /= ours.resolve().relative_to(at.root.resolve())
    name = f"{at.commit[:12]} ({at.reference})"
    if not (folder / "api" / "__main__.py").is_file():
        raise ToolboxError(
            f"At {name} there is no app that `python -m api` serves. Rehearse without --app: "
            "the requests are then made from the schema, for any project."
        )
    if _lock(folder) == _lock(ours):
        return App(folder, sys.executable, f"{name}, in our environment: its {LOCK} is ours")
    return App(folder, _sync(folder), f"{name}, in an environment of its own {LOCK}")


def migrate(app: App, url: str) -> None:
    """Upgrade an empty database by the app's own revisions to its own head.

    Raises:
        ToolboxError: Alembic refuses.
    """
    command = [app.python, "-m", "alembic", "upgrade", "heads"]
    ask(command, _without_foreign(development(url)), app.folder)


def _sync(folder: Path) -> str:
    environment = folder / ".venv"
    options = ("--frozen", "--quiet", "--no-default-groups", "--group", "migrations")
    settings = {**_without_foreign(os.environ), "UV_PROJECT_ENVIRONMENT": str(environment)}
    try:
        ask(["uv", "sync", *options, "--python", sys.executable], settings, folder)
    except FileNotFoundError:
        raise ToolboxError(
            "There is no uv, which makes the environment of the deployed app: "
            "python3 -m pip install uv"
        ) from None
    programs = "Scripts" if sys.platform == "win32" else "bin"
    return str(environment / programs / "python")


def _without_foreign(environment: Mapping[str, str]) -> dict[str, str]:
    return {name: value for name, value in environment.items() if name not in FOREIGN}


def _lock(folder: Path) -> bytes | None:
    file = folder / LOCK
    return file.read_bytes() if file.is_file() else None
