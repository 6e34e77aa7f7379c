"""Several histories as one: those of the processes that asked one app at the same time.

On one machine all read one monotonic clock. Across machines, times are laid over one another by
the time of day that each operation carries; then an order closer than the machines' clocks agree
(with NTP some milliseconds) is not to be relied on.
"""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from statistics import median

from integration_cli.history import History, read_history
from integration_cli.operation import Operation

SAME_CLOCK = 2.0  # seconds: two readings of one clock, against the time of day, differ by less


def merge(paths: Sequence[Path]) -> History:
    """Read histories and lay them over one another; the notes are those of the first.

    Raises:
        NotAHistory: one is none.
    """
    histories = [read_history(path) for path in paths]
    first, *others = histories
    if not others:
        return first
    merged = History()
    merged.notes = first.notes
    merged.notes["load"] = [step for one in histories for step in one.notes.get("load", [])]
    base = _offset(first.operations)
    operations = [*first.operations]
    for other in others:
        shift = _offset(other.operations) - base
        near = abs(shift) < SAME_CLOCK
        operations += other.operations if near else _moved(other.operations, round(shift * 1e9))
    merged.operations = sorted(operations, key=lambda one: one.returned)
    return merged


def _offset(operations: Sequence[Operation]) -> float:
    """How far the time of day is from the monotonic clock, in seconds."""
    walls = [one.wall - one.returned / 1e9 for one in operations if one.wall]
    return median(walls) if walls else 0.0


def _moved(operations: Sequence[Operation], by: int) -> list[Operation]:
    return [
        replace(
            one,
            invoked=one.invoked + by,
            returned=one.returned + by,
            intended=None if one.intended is None else one.intended + by,
        )
        for one in operations
    ]
