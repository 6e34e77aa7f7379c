"""What the imports of a tree lead to, or do not lead to any more."""

import ast
from functools import cache
from pathlib import Path

OURS = {"api", "integration_cli", "migrations", "tests", "toolbox"}


class Imports:
    """The modules of the tree in a folder, as those who import from them see them."""

    def __init__(self, folder: Path) -> None:
        """Take the folder."""
        self.folder = folder
        self._names_in = cache(self._read)

    @staticmethod
    def origin(node: ast.stmt, name: str) -> tuple[str, str]:
        """Return the module that an import takes a name from, and what it is called there."""
        match node:
            case ast.ImportFrom(module=str(module), names=aliases):
                found = {alias.asname or alias.name: alias.name for alias in aliases}
                return module, found.get(name, name)
            case ast.Import(names=aliases):
                return {alias.asname or alias.name: alias.name for alias in aliases}.get(
                    name, name
                ), ""
        return "", name

    def is_missing(self, module: str, name: str) -> bool:
        """Tell whether a module of ours, or a name in it, is not there."""
        if module.partition(".")[0] not in OURS:
            return False
        names = self._names_in(module)
        if names is None:
            return True
        return bool(name) and name not in names and self._names_in(f"{module}.{name}") is None

    def _read(self, module: str) -> set[str] | None:
        """Return the names of a module; None if there is no such module."""
        path = self.folder.joinpath(*module.split("."))
        if path.is_dir():
            path /= "__init__.py"
            if not path.exists():
                return set()
        else:
            path = path.with_suffix(".py")
        if not path.exists():
            return None
        return {
            name
            for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
            for name in names_given(node)
        }


def names_given(node: ast.AST) -> list[str]:
    """Return the names that a statement gives the place where it stands."""
    match node:
        case ast.FunctionDef() | ast.AsyncFunctionDef() | ast.ClassDef():
            return [node.name]
        case ast.Import() | ast.ImportFrom():
            return [(alias.asname or alias.name).split(".")[0] for alias in node.names]
        case ast.Name(ctx=ast.Store()):
            return [node.id]
    return []
