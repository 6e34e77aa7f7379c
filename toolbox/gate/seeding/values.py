"""How values of a type can be made, and what the conditions on a column hint at."""

import re
from dataclasses import dataclass, field

from toolbox.gate.seeding.catalog import literal

LENGTH = re.compile(r"\(.*?\)")


@dataclass
class Values:
    """How values of a type can be made; both may be empty."""

    series: list[str] = field(default_factory=list)
    pool: list[str] = field(default_factory=list)


def literals(values: list[str], type_name: str) -> list[str]:
    """Return strings as constants of a type."""
    return [f"{literal(value)}::{type_name}" for value in values]


@dataclass
class Hints:
    """What stands in the conditions on a column.

    Args:
        numbers: the numbers.
        strings: the strings.
        typed: strings with the type that they are cast to.
        matches: strings that match a pattern.
        has_conditions: whether there are any.
    """

    numbers: list[str] = field(default_factory=list)
    strings: list[str] = field(default_factory=list)
    typed: list[tuple[str, str]] = field(default_factory=list)
    matches: list[str] = field(default_factory=list)
    has_conditions: bool = False

    def of_type(self, shown: str) -> list[str]:
        """Return the strings that are cast to a type."""
        plain = LENGTH.sub("", shown)
        return [text for text, cast in self.typed if LENGTH.sub("", cast) == plain]

    def lengths(self) -> list[int]:
        """Return the numbers and their neighbours, as lengths that a value may have."""
        numbers = {int(float(number)) for number in self.numbers}
        sizes = {size + step for size in numbers for step in (-1, 0, 1)}
        return sorted(size for size in sizes if 0 < size <= 10_000)
