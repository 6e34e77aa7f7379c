"""Writing a resource whole, or not at all: it is built in a copy of the checkout, and brought over.

What the copy goes through is what a colleague would ask for first: format, lint, a revision made
from the models, and the migration gate. Only when all of it passes does the checkout change.
"""

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

from toolbox.checkout import ROOT
from toolbox.databases import Throwaways
from toolbox.errors import ToolboxError
from toolbox.migrations import lineage
from toolbox.migrations.alembic import differences
from toolbox.scaffold import entries, profile, render
from toolbox.scaffold.changes import Change, as_it_is
from toolbox.scaffold.losses import with_losses
from toolbox.scaffold.places import Source
from toolbox.scaffold.resource import Resource
from toolbox.scaffold.tables import check_free
from toolbox.scaffold.wrap import wrapped
from toolbox.site.pictures import PICTURES

# What is changed, and what the revision and the gate need.
COPIED = (
    "api",
    "docs/images",
    "docs/rules",
    "integration_cli",
    "migrations",
    "tests/functional",
    "toolbox",
)
COPIED_FILES = ("alembic.ini", "pyproject.toml", "schemathesis.toml")

# The pictures in docs/ that show the tables and the packages, drawn anew.
DRAW = (
    "from toolbox.checkout import ROOT; from toolbox.site.pictures import write_pictures; "
    "write_pictures(ROOT)"
)

# What reminds one to review, which the gate has done.
ALEMBICS_REMARK = re.compile(r"^    # ### .* ###\n", re.MULTILINE)

ANOTHER_NAME = "\nMost likely a name means something else where it stands: take another."


def build(resource: Resource, written: Mapping[Path, str], url: str) -> list[Change]:
    """Build a resource beside the checkout, and return what changes; nothing is written yet.

    Args:
        resource: what to build.
        written: its files, and the others with it, as `write` returns them.
        url: a database of the server that throwaway databases are made on.

    Raises:
        ToolboxError: it does not pass, or the models had no revision before.
    """
    before = {path: as_it_is(path) for path in written}
    with _copy() as folder, Throwaways(url) as databases:
        database = databases.create("new", databases.migrated_template())
        if differences(database):
            raise ToolboxError(
                "The models say something that no revision does, and the resource's would do it "
                'too. Write that first: nox -s revision -- -m "what it is"'
            )
        for path, text in written.items():
            target = folder / path
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_text(text)
        tidy(folder, [path for path in written if path.suffix == ".py"])
        environment = {**os.environ, "DATABASE_URL": database}
        _migrate(folder, environment, resource)
        _run("-c", DRAW, folder=folder)
        return _changes(folder, before)


def write(resource: Resource, root: Path = ROOT) -> dict[Path, str]:
    """Return the files of a resource and those that name it, by path, not yet formatted.

    Args:
        resource: what to write.
        root: the checkout that it is for.

    Raises:
        ToolboxError: one is there already, or lacks the place where a resource is entered.
    """
    check_free(resource)
    new = {**render.files(resource), **profile.files(root, resource)}
    package = Path("api") / resource.plural
    for path in (package, package.with_suffix(".py"), *new):
        if (root / path).exists():
            raise ToolboxError(
                f"{path} is there already, and nothing is overwritten: take another name, or "
                "remove what is there first."
            )
    return {**new, **entries.edits(root, resource), **profile.edits(root, resource)}


@contextmanager
def _copy() -> Iterator[Path]:
    """Copy what is needed of the checkout, as it is on disk, to a folder that is gone later."""
    with TemporaryDirectory(prefix="peace-in-rest-new-") as name:
        folder = Path(name).resolve()
        unwanted = shutil.ignore_patterns("__pycache__")
        for part in COPIED:
            shutil.copytree(ROOT / part, folder / part, ignore=unwanted)
        for part in COPIED_FILES:
            shutil.copy(ROOT / part, folder / part)
        yield folder


def tidy(folder: Path, paths: list[Path]) -> None:
    """Drop the imports that a template has for other fields, sort the rest, and format.

    Raises:
        ToolboxError: something is left that lint would refuse.
    """
    names = [str(path) for path in paths]
    _run("-m", "ruff", "check", "--quiet", "--fix-only", *names, folder=folder)
    new = [path for path in paths if not (ROOT / path).exists()]
    # The commas of a template with many lines are none of the author's choice.
    joined = ("--config", "format.skip-magic-trailing-comma=true")
    _run("-m", "ruff", "format", "--quiet", *joined, *map(str, new), folder=folder)
    _run("-m", "ruff", "format", "--quiet", *names, folder=folder)
    for path in new:
        (folder / path).write_text(wrapped((folder / path).read_text()))
    # A column called token or password is no secret, and neither is what is called after it.
    _run("-m", "ruff", "check", "--quiet", "--add-noqa", "--select=S105", *names, folder=folder)
    _run("-m", "ruff", "check", "--quiet", *names, folder=folder, advice=ANOTHER_NAME)


def _migrate(folder: Path, environment: Mapping[str, str], resource: Resource) -> None:
    """Write the revision in the copy, and put it through the gate.

    Raises:
        ToolboxError: it cannot be written, or does not pass.
    """
    since = lineage.revisions()[-1]
    message = f"add {resource.spoken_plural}"
    revision = ("-m", "toolbox", "revision", "--message", message, "--only-write")
    _run(*revision, folder=folder, environment=environment)
    for path in _new_revisions(folder):
        written = ALEMBICS_REMARK.sub("", (folder / path).read_text())
        (folder / path).write_text(with_losses(Source(str(path), written), resource).text)
    _run(
        "-m",
        "toolbox",
        "check-migrations",
        "--since",
        since,
        folder=folder,
        environment=environment,
    )


def _run(
    *command: str, folder: Path, environment: Mapping[str, str] | None = None, advice: str = ""
) -> None:
    """Run Python in the copy.

    Raises:
        ToolboxError: it failed; the message has what it said, and the advice.
    """
    done = subprocess.run(
        [sys.executable, *command],
        cwd=folder,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode != 0:
        said = f"{done.stdout}{done.stderr}".strip()
        raise ToolboxError(
            f"Nothing was written, because `{' '.join(command[1:3])}` refuses it:\n{said}{advice}"
        )


def _changes(folder: Path, before: Mapping[Path, str | None]) -> list[Change]:
    """Return what the copy has that the checkout has not, the revision and the list of them too."""
    paths = {*before, lineage.FILE.relative_to(ROOT), *map(Path, PICTURES)}
    paths |= set(_new_revisions(folder))
    found = [
        Change(path, before.get(path, as_it_is(path)), (folder / path).read_text())
        for path in sorted(paths)
    ]
    return [change for change in found if change.before != change.after]


def _new_revisions(folder: Path) -> list[Path]:
    there = (path.relative_to(folder) for path in (folder / "migrations/versions").glob("*.py"))
    return [path for path in there if not (ROOT / path).exists()]
