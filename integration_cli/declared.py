"""Reads what a TOML file declares into dataclasses, and says every fault at once."""

import types
from collections.abc import Callable, Mapping
from dataclasses import MISSING, Field, fields, is_dataclass
from difflib import get_close_matches
from typing import Any, TypeVar, Union, get_args, get_origin, get_type_hints

T = TypeVar("T")
Parsers = Mapping[type, Callable[[str], object]]

NAMES = {str: "text", int: "a whole number", bool: "true or false", dict: "a table"}


class Wrong(Exception):
    """What was declared is not what is asked for; a sentence for each fault."""

    def __init__(self, faults: list[str]) -> None:
        super().__init__("\n".join(faults))
        self.faults = faults


def read(kind: type[T], said: Mapping[str, Any], parsers: Parsers) -> T:
    """Make a dataclass of what is declared; `parsers` make other types out of text.

    Raises:
        Wrong: something is missing, unknown or of another type.
    """
    reader = _Reader(parsers)
    value = reader.table(kind, said, "")
    if reader.faults:
        raise Wrong(reader.faults)
    return value  # type: ignore[no-any-return]


class _Reader:
    def __init__(self, parsers: Parsers) -> None:
        self.faults: list[str] = []
        self._parsers = parsers

    def table(self, kind: type, said: Mapping[str, Any], where: str) -> Any:  # noqa: ANN401
        """The dataclass that a table declares; None where a fault was found."""
        hints = get_type_hints(kind)
        known = {one.name: one for one in fields(kind)}
        before = len(self.faults)
        for name in sorted(said.keys() - known.keys()):
            near = get_close_matches(name, known, 1)
            hint = f"; is {near[0]} meant?" if near else ""
            self.faults.append(f"{_place(where, name)} is unknown{hint}")
        values = {
            name: self.value(_bare(hints[name]), said[name], _place(where, name))
            for name in known
            if name in said
        }
        missing = [name for name, one in known.items() if name not in said and _needed(one)]
        self.faults += [f"{_place(where, name)} is missing" for name in missing]
        return self._made(kind, values, where) if len(self.faults) == before else None

    def _made(self, kind: type, values: Mapping[str, Any], where: str) -> Any:  # noqa: ANN401
        """The dataclass, unless it says itself that its values do not go together."""
        try:
            return kind(**values)
        except ValueError as error:
            self.faults.append(f"{where}: {error}" if where else str(error))
            return None

    def value(self, kind: Any, said: Any, place: str) -> Any:  # noqa: ANN401
        """One value, as its type asks."""
        if kind in self._parsers and isinstance(said, str):
            try:
                return self._parsers[kind](said)
            except ValueError as error:
                self.faults.append(f"{place} is {said!r}, but {error}")
                return None
        if is_dataclass(kind) and isinstance(kind, type) and isinstance(said, dict):
            return self.table(kind, said, place)
        plain = get_origin(kind) or kind
        if plain is tuple and isinstance(said, list):
            return tuple(self.value(get_args(kind)[0], one, place) for one in said)
        if plain in NAMES and isinstance(said, plain) and not _is_disguised(said, plain):
            return self._by_name(get_args(kind)[1], said, place) if plain is dict else said
        self.faults.append(f"{place} is {said!r}, but must be {_name(kind, plain)}")
        return None

    def _by_name(self, kind: Any, said: Mapping[str, Any], place: str) -> Any:  # noqa: ANN401
        """What is declared under names of its own: tables of one kind, or anything."""
        if not is_dataclass(kind):
            return said
        return {name: self.value(kind, one, _place(place, name)) for name, one in said.items()}


def _bare(hint: Any) -> Any:  # noqa: ANN401
    """A type without its `| None`: TOML has no null, what is not there is left out."""
    if get_origin(hint) in {Union, types.UnionType}:
        return next(one for one in get_args(hint) if one is not types.NoneType)
    return hint


def _needed(one: "Field[Any]") -> bool:
    return one.default is MISSING and one.default_factory is MISSING


def _is_disguised(said: object, plain: type) -> bool:
    return isinstance(said, bool) and plain is int


def _name(kind: Any, plain: Any) -> str:  # noqa: ANN401
    if is_dataclass(kind):
        return NAMES[dict]
    return NAMES.get(plain, "a list of texts")


def _place(where: str, name: str) -> str:
    return f"{where}.{name}" if where else name
