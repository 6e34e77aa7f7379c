"""Which database a git branch has: the checkout's own, unless it was given one of its own."""

import json
import re
import subprocess
import zlib
from pathlib import Path

from toolbox.checkout import ROOT

PREFIX = "pir_branch"


class Branches:
    """The databases of git branches, noted in a file of the checkout's data."""

    def __init__(self, data: Path) -> None:
        """Take the folder of the checkout's data."""
        self._file = data / "branches.json"

    def all(self) -> dict[str, str]:
        """Return the database of each branch that has one of its own."""
        if not self._file.exists():
            return {}
        noted: dict[str, str] = json.loads(self._file.read_text())
        return noted

    def current(self) -> str | None:
        """Return the database of the branch that is checked out, or None if it has none."""
        noted = self.all()
        # Only who has given a branch a database pays for asking git.
        return noted.get(checked_out() or "") if noted else None

    def note(self, branch: str, database: str) -> None:
        """Let a branch have a database from now on."""
        self._write({**self.all(), branch: database})

    def forget(self, branch: str) -> None:
        """Let a branch have the checkout's own database again."""
        self._write({name: one for name, one in self.all().items() if name != branch})

    def forget_all(self) -> None:
        """Let no branch have one of its own: there is none any more."""
        self._file.unlink(missing_ok=True)

    def _write(self, noted: dict[str, str]) -> None:
        unfinished = self._file.with_suffix(".unfinished")
        unfinished.write_text(json.dumps(noted, indent=2) + "\n")
        unfinished.replace(self._file)


def name_for(branch: str) -> str:
    """Return the name of a branch's database: readable, and no other branch's."""
    readable = re.sub(r"[^a-z0-9]+", "_", branch.lower()).strip("_")[:40]
    return f"{PREFIX}_{readable}_{zlib.crc32(branch.encode()):08x}"


def checked_out() -> str | None:
    """Return the git branch that is checked out, or None where there is none."""
    return next(iter(_git("symbolic-ref", "--quiet", "--short", "HEAD")), None)


def known() -> set[str]:
    """Return the git branches that there are."""
    return set(_git("for-each-ref", "--format=%(refname:short)", "refs/heads"))


def _git(*arguments: str) -> list[str]:
    try:
        done = subprocess.run(
            ["git", *arguments],  # noqa: S607 - the user's own git
            cwd=ROOT,
            capture_output=True,
            text=True,
            check=False,
        )
    except FileNotFoundError:
        return []
    return done.stdout.split() if done.returncode == 0 else []
