"""Taking turns, so that all that is compared meets the same machine."""

from collections.abc import Iterator, Sequence
from typing import TypeVar

T = TypeVar("T")


def in_turns(contestants: Sequence[T], rounds: int) -> Iterator[T]:
    """Give each contestant once a round.

    Every other round is in reversed order, lest one always comes after the same other.
    """
    for number in range(rounds):
        yield from reversed(contestants) if number % 2 else contestants
