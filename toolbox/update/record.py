"""What a project says of its making: the template, the commit, and what was chosen.

With these the project's first tree can be made again, of that commit or of a later one; the record
is part of the tree, so that a merge brings it up to date like any other file.
"""

import json
import tomllib
from dataclasses import asdict, dataclass, fields
from pathlib import Path
from typing import Any

from toolbox.errors import ToolboxError

FILE = ".template.toml"

HEAD = """\
# What this project was made from. `nox -s update` reads it and brings it up to date: change nothing
# here but the source, where the template's repository has moved.
"""


@dataclass(frozen=True, slots=True)
class Record:
    """What a tree of the template was made into.

    Attributes:
        source: the template's repository, a URL or a path.
        commit: which of its commits.
        name: the project's, as `billing_service`.
        title: the same for people, as "Billing service".
        holder: who holds the rights to what is written from now on; empty for nobody named.
        year: of the making, for the licence.
        items: whether the example resource was kept.
        fresh_history: whether the migrations begin with one revision of the project's own.
    """

    source: str
    commit: str
    name: str
    title: str
    holder: str
    year: int
    items: bool
    fresh_history: bool

    def write(self, folder: Path) -> None:
        """Write the record into a project's tree."""
        # A JSON string or number is one of TOML too, and so are JSON's true and false.
        lines = [f"{name} = {json.dumps(value)}\n" for name, value in asdict(self).items()]
        (folder / FILE).write_text(HEAD + "".join(lines), encoding="utf-8")

    @classmethod
    def read(cls, folder: Path) -> "Record":
        """Read a project's record.

        Raises:
            ToolboxError: it has none, or one that says too little.
        """
        path = folder / FILE
        if not path.exists():
            raise ToolboxError(
                f"There is no {FILE} here, so nothing says what template this project was made "
                "from. A clone of the template becomes a project by: nox -s init -- NAME"
            )
        try:
            said: dict[str, Any] = tomllib.loads(path.read_text(encoding="utf-8"))
        except tomllib.TOMLDecodeError as exc:
            raise ToolboxError(f"{FILE} is not TOML: {exc}. See what git has of it.") from None
        if missing := [one.name for one in fields(cls) if one.name not in said]:
            raise ToolboxError(f"{FILE} does not say {', '.join(missing)}. See what git has of it.")
        return cls(**{one.name: said[one.name] for one in fields(cls)})
