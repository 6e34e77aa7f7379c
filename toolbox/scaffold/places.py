"""Where the existing files name every resource, and how another one is named there.

A place is found in the syntax tree: a list, a tuple or a dictionary by the name that it is given.
Only that place of the file is written, and the import that it needs; the rest stays as it is.
"""

import ast
import re
from collections.abc import Callable
from dataclasses import dataclass

from toolbox.errors import ToolboxError


@dataclass(frozen=True)
class Source:
    """A Python file of the checkout, as it is.

    Attributes:
        path: its path, for messages.
        text: what is in it.
    """

    path: str
    text: str

    def imported(self, line: str) -> "Source":
        """Add an import, after the last one; which order they have is for a linter."""
        imports = [
            node for node in self._tree.body if isinstance(node, ast.Import | ast.ImportFrom)
        ]
        if not imports:
            raise self._lost("an import at the top")
        return self._after_line(imports[-1].end_lineno or 0, f"{line}\n")

    def entered(self, name: str, entries: str) -> "Source":
        """Add entries to the end of the collection that is assigned to a name."""
        node = self._assigned(name)
        if not isinstance(node, ast.Dict | ast.List | ast.Tuple):
            raise self._lost(f"a list or a dictionary called {name}")
        last = node.values[-1:] if isinstance(node, ast.Dict) else node.elts[-1:]
        end = self._span(node)[1] - 1
        begin = self._span(last[0])[1] if last else end
        rest = self.text[begin:end]
        comma = "," if last and "," not in re.sub("#.*", "", rest) else ""
        return self._replaced(begin, end, f"{comma}{rest.rstrip()}\n{entries}\n")

    def looped(self, target: str, entry: str) -> "Source":
        """Add an entry to the beginning of what a loop over a tuple goes through."""
        found = [
            node.iter
            for node in ast.walk(self._tree)
            if isinstance(node, ast.For)
            and isinstance(node.target, ast.Name)
            and node.target.id == target
            and isinstance(node.iter, ast.Tuple)
        ]
        if len(found) != 1:
            raise self._lost(f"one loop `for {target} in (...)`")
        start, _ = self._span(found[0])
        return self._replaced(start + 1, start + 1, f"{entry}, ")

    def after_last(self, matches: Callable[[str], bool], text: str) -> "Source":
        """Add a function after the last one whose name matches.

        Raises:
            ToolboxError: there is none.
        """
        functions = [
            node
            for node in self._tree.body
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and matches(node.name)
        ]
        if not functions:
            raise self._lost("a function to put another one after")
        return self._after_line(functions[-1].end_lineno or 0, f"\n\n{text}")

    def continued(self, name: str, statements: str) -> "Source":
        """Add statements to the end of a function.

        Raises:
            ToolboxError: there is no such function.
        """
        for node in self._tree.body:
            if isinstance(node, ast.FunctionDef) and node.name == name:
                return self._after_line(node.end_lineno or 0, statements)
        raise self._lost(f"a function {name}")

    @property
    def functions(self) -> set[str]:
        """The names of its functions."""
        kinds = ast.FunctionDef | ast.AsyncFunctionDef
        return {node.name for node in self._tree.body if isinstance(node, kinds)}

    @property
    def _tree(self) -> ast.Module:
        try:
            return ast.parse(self.text)
        except SyntaxError as exc:
            raise ToolboxError(
                f"{self.path}, line {exc.lineno}: {exc.msg}. Mend it first."
            ) from None

    def _assigned(self, name: str) -> ast.expr | None:
        for node in self._tree.body:
            match node:
                case (
                    ast.Assign(targets=[ast.Name(id=found)], value=value)
                    | ast.AnnAssign(target=ast.Name(id=found), value=ast.expr() as value)
                ) if found == name:
                    return value
        return None

    def _lost(self, what: str) -> ToolboxError:
        return ToolboxError(
            f"{self.path} lacks {what}, where the resource would be entered; nothing was written. "
            "Bring it back as the project had it first, or write the resource by hand."
        )

    def _after_line(self, number: int, text: str) -> "Source":
        lines = self.text.splitlines(keepends=True)
        return Source(self.path, "".join([*lines[:number], text, *lines[number:]]))

    def _replaced(self, start: int, end: int, text: str) -> "Source":
        return Source(self.path, self.text[:start] + text + self.text[end:])

    def _span(self, node: ast.expr) -> tuple[int, int]:
        lines = self.text.splitlines(keepends=True)
        return (
            _offset(lines, node.lineno, node.col_offset),
            _offset(lines, node.end_lineno or 0, node.end_col_offset or 0),
        )


def _offset(lines: list[str], number: int, column: int) -> int:
    """Return where a position is, in letters; `ast` counts columns in bytes."""
    before = lines[number - 1].encode()[:column].decode()
    return sum(map(len, lines[: number - 1])) + len(before)
