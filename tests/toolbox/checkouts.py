"""A copy of this checkout, which a test may change, and whose commands it runs as a user does."""

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from toolbox.checkout import ROOT

REVISION = '''\
"""A revision of a test's."""

import os
import time

from alembic import op

revision = "{revision}"
down_revision = "{after}"


def upgrade() -> None:
    {body}


def downgrade() -> None:
    pass
'''


def environment(**changes: str) -> dict[str, str]:
    """Return this process's environment, changed, and naming no server but one in the changes."""
    inherited = {
        name: value
        for name, value in os.environ.items()
        if name not in {"DATABASE_URL", "TOOLBOX_POSTGRES", "APP_URL"}
    }
    return {**inherited, **changes}


@dataclass(frozen=True)
class Checkout:
    """A checkout, and the variables that its commands find in their environment."""

    root: Path
    variables: dict[str, str]

    @classmethod
    def copy(cls, root: Path, **variables: str) -> "Checkout":
        """Copy what the toolbox and Alembic need of this checkout to a new folder."""
        root.mkdir()
        for name in ("api", "docs/rules", "migrations", "toolbox"):
            shutil.copytree(ROOT / name, root / name)
        for name in ("alembic.ini", "pyproject.toml"):
            shutil.copy(ROOT / name, root / name)
        return cls(root, variables)

    @contextmanager
    def started(self, *command: str, **variables: str) -> "Iterator[subprocess.Popen[str]]":
        """Run `python -m <command>` in the checkout for no longer than the context."""
        with subprocess.Popen(
            [sys.executable, "-m", *command],
            cwd=self.root,
            env=environment(**{**self.variables, **variables}),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        ) as process:
            try:
                yield process
            finally:
                process.kill()

    def run(
        self, *command: str, answer: str = "", **variables: str
    ) -> "subprocess.CompletedProcess[str]":
        """Run `python -m <command>` to its end, with the answer on its standard input."""
        with self.started(*command, **variables) as process:
            out, err = process.communicate(answer, timeout=240)
        assert "Traceback" not in err
        return subprocess.CompletedProcess(process.args, process.returncode, out, err)

    def toolbox(
        self, *arguments: str, answer: str = "", **variables: str
    ) -> "subprocess.CompletedProcess[str]":
        """Run a command of the toolbox."""
        return self.run("toolbox", *arguments, answer=answer, **variables)

    def git(self, *arguments: str) -> None:
        """Run git in the checkout."""
        subprocess.run(["git", *arguments], cwd=self.root, check=True)

    def alembic(self, *arguments: str, **variables: str) -> "subprocess.CompletedProcess[str]":
        """Run a command of Alembic's."""
        return self.run("alembic", *arguments, **variables)

    def add_revision(self, revision: str, after: str, *body: str) -> None:
        """Add a revision whose `upgrade` is these lines."""
        path = self.root / "migrations" / "versions" / f"{revision}.py"
        lines = "\n    ".join(body)
        path.write_text(REVISION.format(revision=revision, after=after, body=lines))

    def edit(self, path: str, old: str, new: str) -> None:
        """Replace a text, which occurs once, in a file."""
        file = self.root / path
        text = file.read_text()
        assert text.count(old) == 1
        file.write_text(text.replace(old, new))
