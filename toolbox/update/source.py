"""The template's repository, and the trees that it makes."""

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from tempfile import TemporaryDirectory

from toolbox.commits import export
from toolbox.errors import ToolboxError
from toolbox.processes import ask
from toolbox.update.record import Record
from toolbox.update.trees import git

# What would lead the template's Python to another's files, or leave files among its own.
FOREIGN = {"PYTHONPATH", "PYTHONHOME", "COV_CORE_SOURCE", "COVERAGE_PROCESS_START"}


@dataclass(frozen=True)
class Template:
    """A copy of the template's repository, with all its history.

    Attributes:
        copy: a bare repository.
        url: where it was copied from.
    """

    copy: Path
    url: str

    @classmethod
    @contextmanager
    def fetched(cls, url: str) -> "Iterator[Template]":
        """Copy the template's repository for the time of the context.

        Raises:
            ToolboxError: it cannot be reached.
        """
        with TemporaryDirectory(prefix="template-") as name:
            copy = Path(name) / "template.git"
            try:
                git(Path(name), "clone", "--quiet", "--bare", url, str(copy))
            except ToolboxError as exc:
                raise ToolboxError(
                    f"The template's repository cannot be copied: {exc}\n"
                    "Where it has moved, name its address: --from with nox -s update, --template "
                    "with nox -s init."
                ) from None
            yield cls(copy, url)

    def commit(self, reference: str) -> str:
        """Return the id of a commit, by its id, a tag or a branch.

        Raises:
            ToolboxError: there is none such.
        """
        try:
            return git(self.copy, "rev-parse", "--verify", "--quiet", f"{reference}^{{commit}}")
        except ToolboxError:
            raise ToolboxError(
                f"The template at {self.url} has no commit {reference}. If its history was written "
                "anew, or it is a shallow copy, name a whole one with --from."
            ) from None

    def commit_of(self, tree: str) -> str | None:
        """Return the newest commit with exactly these files, if there is one."""
        for line in git(self.copy, "log", "--all", "--format=%H %T").splitlines():
            commit, its_tree = line.split()
            if its_tree == tree:
                return commit
        return None

    def log(self, since: str, until: str, *paths: str) -> list[str]:
        """Return the commits between two, newest first, a line each: id and subject."""
        asked = ["log", "--no-merges", "--format=%h %s", f"{since}..{until}", "--", *paths]
        return git(self.copy, *asked).splitlines()

    @contextmanager
    def made(self, record: Record, commit: str) -> Iterator[Path]:
        """Give a folder with what a commit of the template makes, of what a project chose.

        The commit's own code makes it, by `python -m toolbox.template FOLDER`, where FOLDER has the
        record: only it knows what its tree consists of.

        Raises:
            ToolboxError: it cannot.
        """
        with TemporaryDirectory(prefix="template-") as name:
            folder = Path(name) / "tree"
            folder.mkdir()
            export(self.copy, commit, folder)
            replace(record, commit=commit).write(folder)
            own = {name: value for name, value in os.environ.items() if name not in FOREIGN}
            try:
                ask([sys.executable, "-B", "-m", "toolbox.template", "."], own, folder)
            except ToolboxError as exc:
                raise ToolboxError(f"The template at {commit[:12]} cannot be made: {exc}") from None
            yield folder
