"""Writing resources in a copy of the checkout, and putting them through what a merge must pass."""

import os
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

import click

from toolbox.checkout import ROOT
from toolbox.databases import Throwaways
from toolbox.errors import ToolboxError
from toolbox.processes import ask
from toolbox.serving import serve

# Names that no project will have of its own; one resource without a text, and one of every type.
RESOURCES = (
    "trial_invoice number:str:unique amount:decimal due:date customer:fk=users",
    """trial_gadget code:str:unique label:str:index notes:text:optional stock:int:index
    rank:int:optional:unique price:decimal=10,4:index made:date:index seen:datetime:index
    alive:bool:index token:uuid:optional:unique state:enum=new,well-used,gone:index
    invoice:fk=trial_invoices buyer:fk=users""",
)
JUDGED = "trial_invoices"  # the one whose writes are marked in digits
TESTS = (
    "test_trial_invoices",
    "test_trial_gadgets",
    "test_authorization",
    "test_conditional",
    "test_contract",
)


@dataclass(frozen=True)
class Trial:
    """A copy of the checkout, and the environment of the commands that run there."""

    folder: Path
    environment: dict[str, str]

    def expect(self, *command: str) -> None:
        """Run Python there, and say how long it took.

        Raises:
            ToolboxError: it failed; the message has what it said.
        """
        began = time.monotonic()
        done = subprocess.run(
            [sys.executable, *command],
            cwd=self.folder,
            env=self.environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            check=False,
        )
        words = " ".join(command[1:])
        if done.returncode != 0:
            raise ToolboxError(f"`{words}` ended with {done.returncode} there:\n{done.stdout}")
        click.echo(f"ok {time.monotonic() - began:6.1f} s  {words[:90]}")


def try_new(url: str) -> None:
    """Write resources in a copy of the checkout, and check, test and judge them there.

    Raises:
        ToolboxError: one does not pass; the message says what it said.
    """
    with _copy() as folder, Throwaways(url) as databases:
        environment = {**os.environ, "DATABASE_URL": databases.create("trial")}
        trial = Trial(folder, environment)
        for resource in RESOURCES:  # the migration gate is part of it
            trial.expect("-m", "toolbox", "new", *resource.split())
        trial.expect("-m", "ruff", "format", "--check", ".")
        trial.expect("-m", "ruff", "check", ".")
        trial.expect("-m", "mypy", "api", "tests/functional")
        tests = [f"tests/functional/{name}.py" for name in TESTS]
        trial.expect("-m", "pytest", "--quiet", "--numprocesses=auto", *tests)
        _judge(trial)


def _judge(trial: Trial) -> None:
    """Fill the service with samples of both, and judge one under concurrent use."""
    trial.expect("-m", "toolbox", "migrate")
    url = trial.environment["DATABASE_URL"]
    log = trial.folder.with_name("service.log")
    with serve(url, workers=2, log=log, folder=trial.folder) as app:
        cli = ("-m", "integration_cli")
        trial.expect(*cli, "sample_data", "--users", "3", "--app-url", app)
        options = ["--profile", f"integration_cli/profiles/{JUDGED}.toml", "--duration", "2"]
        less = ["--users", "4", "--effort", "0.3", "--app-url", app]
        trial.expect(*cli, "concurrency", *options, *less)


@contextmanager
def _copy() -> Iterator[Path]:
    """Copy what git knows of the checkout, and what is new, to a folder that is gone later."""
    with TemporaryDirectory(prefix="peace-in-rest-trial-") as name:
        folder = Path(name).resolve() / "checkout"
        for path in _tracked():
            target = folder / path
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(ROOT / path, target)
        yield folder


def _tracked() -> Sequence[str]:
    listed = ask(["git", "ls-files", "--cached", "--others", "--exclude-standard", "-z"])
    return [path for path in listed.split("\0") if path and (ROOT / path).is_file()]
