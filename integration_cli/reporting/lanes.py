"""A counterexample as lanes over time: a lane for each client, a bar for each operation."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from integration_cli.operation import Operation
from integration_cli.reporting.svg import element, milliseconds, picture, text

WIDTH, LEFT, RIGHT = 960, 8, 952
LANE = 54
MIN_BAR = 22  # wide enough for a number
BREAK = 46  # the width of a pause in which nothing happened
LONG_PAUSE = 0.15  # of the whole: a longer one is cut short


@dataclass(frozen=True, slots=True)
class Axis:
    """Time to place, piece by piece: long pauses are cut short, and marked."""

    pieces: tuple[tuple[int, int, float, float], ...]  # from, to (ns), left, right

    @classmethod
    def of(cls, operations: Sequence[Operation]) -> "Axis":
        """Lay out the time of some operations."""
        busy = _busy(operations)
        total = busy[-1][1] - busy[0][0] or 1
        joined = [list(busy[0])]
        for begins, ends in busy[1:]:
            if begins - joined[-1][1] > LONG_PAUSE * total:
                joined.append([begins, ends])
            else:
                joined[-1][1] = ends
        worth = sum(max(ends - begins, 1) for begins, ends in joined)
        room = RIGHT - LEFT - MIN_BAR - BREAK * (len(joined) - 1)
        pieces, at = [], float(LEFT)
        for begins, ends in joined:
            wide = room * max(ends - begins, 1) / worth
            pieces.append((begins, ends, at, at + wide))
            at += wide + BREAK
        return cls(tuple(pieces))

    def __call__(self, instant: int) -> float:
        """The place of an instant."""
        for begins, ends, left, right in self.pieces:
            if instant <= ends:
                return left + (right - left) * max(instant - begins, 0) / max(ends - begins, 1)
        return self.pieces[-1][3]

    @property
    def pauses(self) -> list[tuple[float, int]]:
        """Where something was cut short, and by how many nanoseconds."""
        return [
            ((right + left) / 2, begins - ends)
            for (_, ends, _, right), (begins, _, left, _) in pairwise(self.pieces)
        ]


def lanes(operations: Sequence[Operation], title: str) -> str:
    """Draw operations; each has the number that it has in the list below the picture."""
    axis = Axis.of(operations)
    clients = list(dict.fromkeys(one.client for one in operations))
    height = 22 + LANE * len(clients)
    shows = shown_by(operations)
    parts = [
        part
        for at, nanoseconds in axis.pauses
        for part in (
            element("line", class_="axis", x1=at, x2=at, y1=16, y2=height, stroke_dasharray="2 3"),
            text(f"{milliseconds(nanoseconds / 1e6)} pass", at, 11, text_anchor="middle"),
        )
    ]
    for row, client in enumerate(clients):
        base = 22 + row * LANE
        workers = {one.worker for one in operations if one.client == client and one.worker}
        where = f" · worker {', '.join(sorted(workers))}" if workers else ""
        line = base + LANE - 14
        parts.append(element("line", class_="lane", x1=LEFT, x2=RIGHT, y1=line, y2=line))
        parts.append(text(client + where, LEFT, base + 12))
        parts += [
            _bar(one, number, axis, base + 18, is_bad=one is shows)
            for number, one in enumerate(operations, 1)
            if one.client == client
        ]
    return picture(title, WIDTH, height, parts)


def shown_by(operations: Sequence[Operation]) -> Operation:
    """The operation that shows the fault: the one that ended last."""
    return max(operations, key=lambda one: one.returned)


def _bar(one: Operation, number: int, axis: Axis, top: float, *, is_bad: bool) -> str:
    left, right = axis(one.invoked), axis(one.returned)
    kind = "op" + (" bad" if is_bad else "") + (" lost" if one.status is None else "")
    wide = max(right - left, MIN_BAR)
    said = f"{number} {one.outcome}" if wide > 70 else str(number)
    return element(
        "g",
        element("title", f"{number}: {one.method}, {one.outcome}"),
        element("rect", class_=kind, x=left, y=top, width=wide, height=24, rx=5),
        text(
            said + (" ✗" if is_bad and wide > 70 else ""), left + 7, top + 16,
            class_="number bad" if is_bad else "number",
        ),
    )  # fmt: skip


def _busy(operations: Sequence[Operation]) -> list[tuple[int, int]]:
    """The spans in which anything was under way."""
    spans: list[tuple[int, int]] = []
    for begins, ends in sorted((one.invoked, one.returned) for one in operations):
        if spans and begins <= spans[-1][1]:
            spans[-1] = (spans[-1][0], max(spans[-1][1], ends))
        else:
            spans.append((begins, ends))
    return spans
