"""Faults: each a patch of the service, kept as `git diff` prints it, under a few lines of its own.

To add one: make the fault in api/, `git diff api > toolbox/mutants/faults/NAME.patch`, and write
above it what it is, which invariants may name it, and with how many workers it can be seen.
"""

import os
import re
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from toolbox.checkout import ROOT
from toolbox.errors import ToolboxError

FOLDER = Path(__file__).parent / "faults"
FIELD = re.compile(
    r"^(?P<name>Invariant|Workers|Wears out|Environment|SQL): (?P<value>.+)$", re.MULTILINE
)


@dataclass(frozen=True, slots=True)
class Fault:
    """A fault that a service on Postgres really has.

    Attributes:
        name: of its file.
        sentence: what the service does wrong.
        invariants: those that it breaks, the one that names it best first.
        workers: the numbers of processes with which it shows.
        wears_out: what one run of the checker does to the service is still there in the next; the
            line of the file says what.
        sql: statements that its database needs.
        environment: settings of the service that bring it out.
        patch: the change of the code; empty where it is the database's alone.
    """

    name: str
    sentence: str
    invariants: tuple[str, ...]
    workers: tuple[int, ...]
    wears_out: bool
    sql: tuple[str, ...]
    environment: dict[str, str]
    patch: str

    @classmethod
    def read(cls, path: Path) -> "Fault":
        """Read a patch file with the lines above it.

        Raises:
            ToolboxError: it does not say which invariant the fault breaks.
        """
        text = path.read_text()
        head, separator, patch = text.partition("diff --git")
        said: dict[str, list[str]] = {}
        for field in FIELD.finditer(head):
            said.setdefault(field["name"], []).append(field["value"])
        if "Invariant" not in said:
            raise ToolboxError(f"{path} has no line such as `Invariant: fresh-reads`.")
        return cls(
            path.stem,
            head.splitlines()[0],
            tuple(said["Invariant"][0].split(", ")),
            tuple(int(number) for number in said.get("Workers", ["1, 4"])[0].split(", ")),
            "Wears out" in said,
            tuple(said.get("SQL", ())),
            dict(one.split("=", 1) for one in said.get("Environment", ())),
            separator + patch,
        )

    @contextmanager
    def put_in(self) -> Iterator[Path]:
        """Give a folder with a copy of the service that has the fault.

        Raises:
            ToolboxError: the service has changed so much that the patch does not fit any more.
        """
        with TemporaryDirectory(prefix="peace-in-rest-") as name:
            folder = Path(name)
            unwanted = shutil.ignore_patterns("__pycache__")
            shutil.copytree(ROOT / "api", folder / "api", ignore=unwanted)
            if self.patch:
                self._apply(folder)
            yield folder

    def _apply(self, folder: Path) -> None:
        # A temporary folder may lie in some repository, whose paths it would take these for.
        outside = {**os.environ, "GIT_CEILING_DIRECTORIES": str(folder.parent)}
        done = subprocess.run(
            ["git", "apply", "--recount", "-"],  # noqa: S607 - the user's own git
            cwd=folder,
            env=outside,
            input=self.patch,
            text=True,
            capture_output=True,
            check=False,
        )
        if done.returncode != 0:
            raise ToolboxError(
                f"The fault {self.name} does not fit the service any more: {done.stderr.strip()}\n"
                f"Make it anew in api/, and write `git diff api` to {FOLDER.relative_to(ROOT)}."
            )


def all_faults() -> list[Fault]:
    """Return all faults, by name."""
    return [Fault.read(path) for path in sorted(FOLDER.glob("*.patch"))]


def choose(names: tuple[str, ...]) -> list[Fault]:
    """Return the faults with these names, or else with these beginnings; all of them for none.

    Raises:
        ToolboxError: there is none of such a name.
    """
    known = all_faults()
    for name in names:
        if not any(fault.name.startswith(name) for fault in known):
            raise ToolboxError(
                f"There is no fault {name!r}. There are: {', '.join(one.name for one in known)}."
            )
    exact = {fault.name for fault in known} & {*names}
    begun = tuple({*names} - exact)
    return [
        fault for fault in known if not names or fault.name in exact or fault.name.startswith(begun)
    ]
