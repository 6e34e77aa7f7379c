"""Tests as units that can be taken out one by one, and the names by which they hang together."""

import ast
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

from toolbox.template.imports import names_given


@dataclass(eq=False)
class Unit:
    """A statement of a module, or of a class in it, which stays or goes as a whole.

    Attributes:
        node: the statement.
        within: the class that it is a member of.
        defines: the names that it gives.
        uses: the names that it needs: variables, parameters, and what attributes are called.
        speaks: whether it mentions what is to be taken out; of a class, whether its name does.
        members: of a class.
    """

    node: ast.stmt
    within: "Unit | None"
    defines: frozenset[str]
    uses: frozenset[str]
    speaks: bool
    members: "list[Unit]" = field(default_factory=list)

    @property
    def is_test(self) -> bool:
        """Whether pytest runs it."""
        return any(name.startswith("test_") for name in self.defines)

    @property
    def is_import(self) -> bool:
        """Whether it brings names from another module."""
        return isinstance(self.node, ast.Import | ast.ImportFrom)

    @property
    def is_autouse(self) -> bool:
        """Whether it is a fixture that nobody asks for by name."""
        return "autouse" in self.uses

    @property
    def helpers(self) -> "list[Unit]":
        """The members that come with a class: all, but of one of tests those that are asked for."""
        return [] if any(each.is_test for each in self.members) else self.members


@dataclass(eq=False)
class Module:
    """A module of tests, in units."""

    path: Path
    name: str
    source: str
    units: list[Unit]

    @classmethod
    def read(cls, path: Path, folder: Path, mention: re.Pattern[str]) -> "Module":
        """Read a module of the tree in a folder."""
        source = path.read_text(encoding="utf-8")
        name = ".".join(path.relative_to(folder).with_suffix("").parts)
        return cls(path, name, source, list(_units(ast.parse(source).body, mention)))

    def giving(self, name: str) -> list[Unit]:
        """Return the units that give a name."""
        return [unit for unit in self.units if name in unit.defines]


def _units(body: list[ast.stmt], mention: re.Pattern[str]) -> Iterator[Unit]:
    for node in body:
        if isinstance(node, ast.ClassDef):
            own = [*node.bases, *node.decorator_list]
            unit = _unit(node, None, own, mention)
            unit.members = [
                _unit(each, unit, [each], mention) for each in node.body if not _is_text(each)
            ]
            yield unit
            yield from unit.members
        elif not _is_text(node):
            yield _unit(node, None, [node], mention)


def _unit(
    node: ast.stmt, within: Unit | None, parts: Iterable[ast.AST], mention: re.Pattern[str]
) -> Unit:
    nodes = [each for part in parts for each in ast.walk(part)]
    if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
        defines = names_given(node)
    else:
        defines = [name for each in nodes for name in names_given(each)]
    # `mapping.items()` is no mention of any item.
    calls = {id(each.func) for each in nodes if isinstance(each, ast.Call) and not each.args}
    said = [
        text
        for each in nodes
        for text in _said(each)
        if not (text == "items" and id(each) in calls)
    ]
    words = {text for text in said if text.isidentifier()}
    words |= {each.attr for each in nodes if isinstance(each, ast.Attribute)}
    # What pytest calls an item is a test.
    of_pytest = any(isinstance(each, ast.Attribute) and each.attr == "Item" for each in nodes)
    speaks = not of_pytest and any(map(mention.search, [*defines, *said]))
    return Unit(node, within, frozenset(defines), frozenset(words), speaks)


def _is_text(node: ast.stmt) -> bool:
    return isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)


def _said(node: ast.AST) -> list[str]:
    """Return the words and texts of one node."""
    match node:
        case ast.Name(id=text) | ast.arg(arg=text) | ast.Attribute(attr=text):
            return [text]
        case ast.keyword(arg=str(text)) | ast.Constant(value=str(text)) | ast.alias(name=text):
            return [text]
        case ast.Constant(value=bytes(text)):
            return [text.decode(errors="replace")]
        case ast.ImportFrom(module=str(text)):
            return [text]
    return []
