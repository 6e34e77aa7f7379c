"""How the tools do, each on the same cases."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import TypeVar

Case = TypeVar("Case")
Tool = Callable[[Case], bool]


@dataclass
class Score:
    """What a tool did with some cases.

    Args:
        caught: how many of the faulty ones it spoke of.
        faulty: how many there were.
        false_alarms: how many of the healthy ones it spoke of.
        healthy: how many there were.
        missed: the faulty ones that it passed, by their names.
    """

    caught: int = 0
    faulty: int = 0
    false_alarms: int = 0
    healthy: int = 0
    missed: list[str] = field(default_factory=list)

    def add(self, name: str, *, is_faulty: bool, speaks: bool) -> None:
        """Count a case."""
        if not is_faulty:
            self.healthy += 1
            self.false_alarms += speaks
            return
        self.faulty += 1
        self.caught += speaks
        if not speaks:
            self.missed.append(name)


def compare(
    cases: Iterable[tuple[str, bool, Case]], tools: Mapping[str, Tool[Case]]
) -> dict[str, Score]:
    """Give every case, with its name and whether it is faulty, to every tool."""
    scores = {name: Score() for name in tools}
    for name, is_faulty, case in cases:
        for tool, speaks in tools.items():
            scores[tool].add(name, is_faulty=is_faulty, speaks=speaks(case))
    return scores
