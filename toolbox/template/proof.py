"""Whether a project that is made of this checkout is whole: it passes what every project passes."""

import os
import shutil
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import product
from pathlib import Path
from tempfile import TemporaryDirectory

import click

from toolbox.checkout import DATA
from toolbox.commits import export
from toolbox.errors import ToolboxError
from toolbox.processes import child
from toolbox.update.trees import TOOL, git, store

NAME = "billing_service"
CHOICES = ("without-items", "fresh-history", "fresh-git")
LOGS = DATA / "reports" / "template"
LAST_LINES = 40

PYTHON = (sys.executable, "-m")
TESTS = (
    *("tests/functional", "tests/migrations/test_heads.py", "tests/test_sessions.py"),
    *("tests/test_workflows.py", "tests/test_docs_commands.py"),
)
# The first resource of its own, which a project must take whatever was chosen.
RESOURCE = "proof_invoice number:str:unique amount:decimal due:date customer:fk=users"
TESTS_OF_IT = (
    *("tests/functional/test_proof_invoices.py", "tests/functional/test_authorization.py"),
    *("tests/functional/test_conditional.py", "tests/functional/test_contract.py"),
)
PYTEST = (*PYTHON, "pytest", "--quiet", "--numprocesses=auto", "--dist=worksteal")
CHECKS: dict[str, tuple[str, ...]] = {
    "lock": ("uv", "lock", "--check", "--quiet"),
    "format": (*PYTHON, "ruff", "format", "--check", "."),
    "lint": (*PYTHON, "ruff", "check", "."),
    "imports": (str(Path(sys.executable).with_name("lint-imports")), "--no-logo"),
    "types": (*PYTHON, "mypy"),
    "migrations": (*PYTHON, "toolbox", "check-migrations"),
    "docs": (*PYTHON, "toolbox", "docs"),
    "tests": (*PYTEST, *TESTS),
    "new": (*PYTHON, "toolbox", "new", *RESOURCE.split()),
    "new: lint": (*PYTHON, "ruff", "check", "."),
    "new: tests": (*PYTEST, *TESTS_OF_IT),
}
# What a project runs, by itself and in environments of its own.
NOX: dict[str, tuple[str, ...]] = {"nox": (*PYTHON, "nox")}


@dataclass(frozen=True)
class Combination:
    """Choices that can be made together; none of them is one too."""

    choices: tuple[str, ...]

    @property
    def name(self) -> str:
        """What it is called: its choices, or `plain`."""
        return ",".join(self.choices) or "plain"

    @classmethod
    def named(cls, name: str) -> "Combination":
        """Return the combination of this name.

        Raises:
            ToolboxError: it has a choice that there is not.
        """
        choices = () if name == "plain" else tuple(name.split(","))
        if unknown := set(choices) - set(CHOICES):
            raise ToolboxError(
                f"There is no choice {', '.join(sorted(unknown))}: there are plain, "
                f"{', '.join(CHOICES)}, and several of them with commas between."
            )
        return cls(choices)


def every() -> list[Combination]:
    """Return all combinations that differ: without items the history is fresh anyway."""
    subsets = (
        tuple(one for one, is_in in zip(CHOICES, chosen, strict=True) if is_in)
        for chosen in product([False, True], repeat=len(CHOICES))
    )
    return [Combination(one) for one in subsets if not {*CHOICES[:2]} <= {*one}]


@dataclass(frozen=True)
class Proof:
    """Projects of a checkout, made and looked at on a server of its own.

    Attributes:
        root: the checkout, with what is not committed.
        database_url: a database on the server where the projects' tests make theirs.
        checks: what each must pass.
    """

    root: Path
    database_url: str
    checks: dict[str, tuple[str, ...]]

    def try_all(self, combinations: Sequence[Combination]) -> None:
        """Make a project of each combination, and say what passed.

        Raises:
            ToolboxError: something did not.
        """
        failed = [f"{one.name}: {what}" for one in combinations for what in self._failures_of(one)]
        if failed:
            raise ToolboxError(
                f"These projects are not whole: {'; '.join(failed)}. All that was printed is in "
                f"{LOGS.relative_to(self.root)}."
            )

    def _failures_of(self, combination: Combination) -> Iterator[str]:
        with self._clone() as folder:
            options = [f"--{choice}" for choice in combination.choices]
            begin = (*PYTHON, "toolbox", "init", NAME, *options)
            for what, command in {"init": begin, **self.checks}.items():
                if not self._passes(f"{combination.name}: {what}", command, folder):
                    yield what
                    if what == "init":
                        return

    @contextmanager
    def _clone(self) -> Iterator[Path]:
        """Give a folder with a repository of what is here, committed or not."""
        with TemporaryDirectory(prefix="project-") as name:
            folder = Path(name) / "project"
            folder.mkdir()
            export(self.root, store(self.root, self.root), folder)
            git(folder, "init", "--quiet", "--initial-branch=main")
            git(folder, "add", "--all")
            git(folder, "commit", "--quiet", "--message=The template as it is here", **TOOL)
            git(folder, "remote", "add", "origin", str(self.root))
            yield folder

    def _passes(self, title: str, command: Sequence[str], folder: Path) -> bool:
        LOGS.mkdir(parents=True, exist_ok=True)
        log = LOGS / f"{title.replace(': ', '-').replace(',', '-')}.log"
        environment = {**os.environ, **TOOL, "DATABASE_URL": self.database_url}
        # Nox's own variables would lead the project's tools to this session's environment.
        for name in ("PYTHONPATH", "UV_PROJECT_ENVIRONMENT", "NOX_CURRENT_SESSION"):
            environment.pop(name, None)
        began = time.monotonic()
        with (
            log.open("wb") as output,
            child(command, environment, output.fileno(), folder) as process,
        ):
            code = process.wait()
        word = "failed" if code else "ok"
        click.echo(f"{word:<8}{time.monotonic() - began:>6.1f} s  {title}")
        if code:
            last = log.read_text(encoding="utf-8", errors="replace").splitlines()[-LAST_LINES:]
            click.echo("".join(f"    {line}\n" for line in last))
        return code == 0


def clear_logs() -> None:
    """Remove what earlier proofs printed."""
    shutil.rmtree(LOGS, ignore_errors=True)
