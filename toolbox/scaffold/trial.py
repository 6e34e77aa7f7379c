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
from toolbox.scaffold.words import plural
from toolbox.serving import serve

LINT_IMPORTS = "import importlinter.cli as cli; cli.lint_imports_command()"
# What of the documentation a resource changes.
CHECK_PICTURES = (
    "from toolbox.checkout import ROOT; from toolbox.site.pictures import check_pictures; "
    "check_pictures(ROOT)"
)
NOT_JUDGED = 5  # exit code of `concurrency`: nothing was broken, and a busy machine hid something

# Names that no project will have of its own. The first has no text; the second every type, and each
# option; of the third no two have one gadget, and pytest must not take its classes for tests.
RESOURCES = (
    "trial_invoice number:str:unique amount:decimal due:date customer:fk=users",
    """trial_gadget code:str:unique label:str=40:index notes:text:optional stock:int=0..:index
    grade:int=1..5:optional rank:int:optional:unique price:decimal=10,4:index made:date:index
    seen:datetime:index alive:bool:index token:uuid:optional:unique
    state:enum=new,well-used,gone:index labels:json extra:json:optional
    invoice:fk=trial_invoices buyer:fk=users:optional""",
    """test_trial_seal text:text gadget:fk=trial_gadgets:unique keeper:fk=users:optional:unique
    spare:fk=trial_gadgets:optional""",
)
JUDGED = ("trial_invoices", "trial_gadgets")  # a seal would need a gadget of its own each time
EVERY_ROUTE = ("authorization", "conditional", "contract", "errors", "rules", "transactions")


@dataclass(frozen=True)
class Trial:
    """A copy of the checkout, and the environment of the commands that run there."""

    folder: Path
    environment: dict[str, str]

    def expect(self, *command: str, fine: Sequence[int] = (0,)) -> None:
        """Run Python there, and say how long it took.

        Raises:
            ToolboxError: its exit code is none of the fine ones; the message has what it said.
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
        if done.returncode not in fine:
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
        trial.expect("-c", LINT_IMPORTS)
        trial.expect("-m", "mypy", "api", "tests/functional")
        trial.expect("-c", CHECK_PICTURES)
        trial.expect("-m", "pytest", "--quiet", "--numprocesses=auto", *_tests())
        _judge(trial)


def _tests() -> list[str]:
    """Return the tests of the resources, and those that try every route there is."""
    plurals = [plural(resource.split()[0]) for resource in RESOURCES]
    return [f"tests/functional/test_{name}.py" for name in (*plurals, *EVERY_ROUTE)]


def _judge(trial: Trial) -> None:
    """Fill the service with samples, hold it to its document, and judge it under concurrent use."""
    trial.expect("-m", "toolbox", "migrate")
    url = trial.environment["DATABASE_URL"]
    log = trial.folder.with_name("service.log")
    with serve(url, workers=2, log=log, folder=trial.folder) as app:
        cli = ("-m", "integration_cli")
        trial.expect(*cli, "sample_data", "--users", "3", "--app-url", app)
        less = ["--users", "4", "--effort", "0.3", "--duration", "2", "--app-url", app]
        for name in JUDGED:
            options = ("--profile", f"integration_cli/profiles/{name}.toml", *less)
            trial.expect(*cli, "concurrency", *options, fine=(0, NOT_JUDGED))
    fuzz = ("-m", "toolbox", "api-fuzz", "--minutes", "0.2")
    trial.expect(*fuzz, "--include-path-regex", "^/(test-)?trial-")


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
