"""What a history says again and again, held once.

A run asks for few things many times, so most of what its answers say has been said before. Held as
often as it was said, a history of pages takes several times the memory.
"""

from typing import Any

from integration_cli.operation import Json


class Shared:
    """Gives parts of earlier JSON in the place of equal ones.

    An object is looked for by the first text in it, as a rule its id. Where that is something else
    less is shared and nothing is wrong: only what is equal, and of one type, takes another's place.
    What comes from here is held by several, and is not to be changed.
    """

    def __init__(self) -> None:
        self._texts: dict[str, str] = {}
        self._objects: dict[str, Json] = {}

    def line(self, line: Json) -> Json:
        """A line of a history, in parts of earlier ones."""
        for name, value in line.items():
            if type(value) is str:
                line[name] = self._texts.setdefault(value, value)
            elif name == "answer" and isinstance(value, dict):
                line[name] = self.answer(value)
        return line

    def answer(self, said: Json) -> Json:
        """An answer, or an object in it; what has no text in it stays as it is."""
        first = ""
        for name, value in said.items():
            kind = type(value)
            if kind is str:
                said[name] = text = self._texts.setdefault(value, value)
                first = first or text
            elif kind is dict:
                said[name] = self.answer(value)
            elif kind is list:
                said[name] = self._list(value)
        known = self._objects.setdefault(first, said) if first else said
        if known is said or _is_same(known, said):
            return known
        self._objects[first] = said
        return said

    def _list(self, said: list[Any]) -> list[Any]:
        return [self.answer(one) if isinstance(one, dict) else one for one in said]


def _is_same(one: Json, other: Json) -> bool:
    """Whether two objects say the same, in one order; 1 and true do not, equal as they are."""
    return one == other and [*one] == [*other] and all(map(_is_alike, one.values(), other.values()))


def _is_alike(one: object, other: object) -> bool:
    """Whether two equal values are of one type; what has parts has been compared before."""
    return one is other or (type(one) is type(other) and not isinstance(one, dict | list))
