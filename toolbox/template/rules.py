"""What a choice takes out of a tree, or writes otherwise, as files of rules say.

A rule that no longer fits the tree is an error, which a test finds before anybody's project does.
"""

import shutil
import tomllib
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from toolbox.errors import ToolboxError
from toolbox.template import changes

FOLDER = Path(__file__).parent / "rules"


@dataclass(frozen=True)
class Rules:
    """The rules of one choice.

    Attributes:
        name: of their file.
        remove: files and folders, as patterns.
        edit: texts of files: `old`, which is there once, becomes `new`, or goes without one.
        lines: of a `file`, the lines that have a match of the expression `matching` go.
        definitions: of each file, the functions and classes that go.
        sections: of each document, the headings whose sections go.
        retell: in all `files` of a pattern, each match of the expression `matching` becomes `by`.
    """

    name: str
    remove: list[str] = field(default_factory=list)
    edit: list[dict[str, str]] = field(default_factory=list)
    lines: list[dict[str, str]] = field(default_factory=list)
    definitions: dict[str, list[str]] = field(default_factory=dict)
    sections: dict[str, list[str]] = field(default_factory=dict)
    retell: list[dict[str, str]] = field(default_factory=list)

    @classmethod
    def read(cls, name: str) -> "Rules":
        """Read the rules of a choice."""
        return cls(name, **tomllib.loads((FOLDER / f"{name}.toml").read_text(encoding="utf-8")))

    def apply(self, folder: Path) -> None:
        """Do to a tree what the rules say.

        Raises:
            ToolboxError: one of them does not fit it.
        """
        for pattern in self.remove:
            self._remove(folder, pattern)
        for one in self.edit:
            self._change(folder / one["file"], changes.replace, one["old"], one.get("new", ""))
        for one in self.lines:
            self._change(folder / one["file"], changes.drop_lines, one["matching"])
        for file, names in self.definitions.items():
            self._change(folder / file, changes.drop_definitions, *names)
        for file, headings in self.sections.items():
            self._change(folder / file, changes.drop_sections, *headings)
        for one in self.retell:
            for path in sorted(folder.glob(one["files"])):
                self._change(path, changes.retell, one["matching"], one["by"])

    def _remove(self, folder: Path, pattern: str) -> None:
        found = list(folder.glob(pattern))
        if not found:
            raise self._misfit(f"there is no {pattern} to remove")
        for path in found:
            if path.is_dir():
                shutil.rmtree(path)
            else:
                path.unlink()

    def _change(self, path: Path, change: Callable[..., str], *arguments: str) -> None:
        try:
            text = path.read_text(encoding="utf-8")
            path.write_text(change(text, *arguments), encoding="utf-8")
        except FileNotFoundError:
            raise self._misfit(f"there is no {path.name} to change") from None
        except changes.NotThere as exc:
            raise self._misfit(f"{path.name} has {exc}") from None

    def _misfit(self, what: str) -> ToolboxError:
        return ToolboxError(
            f"toolbox/template/rules/{self.name}.toml does not fit the tree any more: {what}. "
            "Fit the rule to what the tree has now; nox -s template shows whether it is whole."
        )
