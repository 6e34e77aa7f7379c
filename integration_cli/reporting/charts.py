"""Latency and throughput as pictures."""

import math
from collections import Counter
from collections.abc import Sequence

from integration_cli.latency import Distribution, response_time
from integration_cli.operation import Operation
from integration_cli.reporting.svg import (
    Scale,
    decades,
    element,
    levels,
    milliseconds,
    picture,
    round_steps,
    text,
)

WIDTH, LEFT, RIGHT = 960, 64, 944
COLUMNS = 110  # of the heat map
ROWS_PER_DECADE = 8
FAINTEST = 0.12  # opacity of a single request
SHARES = (("50 %", 0.5), ("90 %", 0.9), ("99 %", 0.99), ("99.9 %", 0.999), ("99.99 %", 0.9999))
BARS = 60


def heat_map(operations: Sequence[Operation]) -> str:
    """Each request by when it was due and how long its answer took; the darker, the more."""
    start, seconds = _span(operations)
    times = [max(response_time(one), 0.01) for one in operations]
    marks = decades(min(times), max(times))
    x = Scale(0, seconds, LEFT, RIGHT)
    y = Scale(marks[0], marks[-1], 250, 12, log=True)
    cells: Counter[tuple[int, int]] = Counter()
    for one, took in zip(operations, times, strict=True):
        column = min(int((_due(one) - start) / 1e9 / seconds * COLUMNS), COLUMNS - 1)
        cells[column, math.floor(math.log10(took) * ROWS_PER_DECADE)] += 1
    most, width = max(cells.values()), (RIGHT - LEFT) / COLUMNS
    drawn = [
        element(
            "rect",
            class_="cell",
            x=LEFT + column * width,
            y=y(10 ** ((row + 1) / ROWS_PER_DECADE)),
            width=width + 0.4,
            height=y(1) - y(10 ** (1 / ROWS_PER_DECADE)) + 0.4,
            fill_opacity=f"{FAINTEST + (1 - FAINTEST) * math.log1p(count) / math.log1p(most):.2f}",
        )
        for (column, row), count in sorted(cells.items())
    ]
    title = f"Latency of {len(times)} requests over {seconds:.0f} seconds, from {_extremes(times)}"
    return picture(
        title, WIDTH, 284, [*levels(marks, y, LEFT, RIGHT), *drawn, *_clock(x, seconds, 250)]
    )


def percentile_curve(response: Distribution, service: Distribution) -> str:
    """Latency by percentile, out to the 99.99th; each nine has as much room as the one before."""
    furthest = min(len(response.ordered), 10_000)
    shares = [share for _, share in SHARES if 1 / (1 - share) <= max(furthest, 2) * 1.001]
    marks = decades(max(min(*response.ordered, *service.ordered), 0.01), response.at(1))
    x = Scale(1, 10_000, LEFT, RIGHT, log=True)
    y = Scale(marks[0], marks[-1], 270, 12, log=True)
    names = [
        part
        for name, share in SHARES
        for at in [x(1 / (1 - share))]
        for part in (
            element("line", class_="axis", x1=at, x2=at, y1=12, y2=270),
            text(name, min(at, RIGHT - 18), 290, text_anchor="middle"),
        )
    ]
    told = ", ".join(f"{share:.2%} {milliseconds(response.at(share))}" for share in shares)
    return picture(
        f"Latency by percentile: {told}",
        WIDTH,
        300,
        [
            *levels(marks, y, LEFT, RIGHT),
            *names,
            _line(service, x, y, furthest, "service"),
            _line(response, x, y, furthest, "response"),
        ],
    )


def throughput(operations: Sequence[Operation]) -> str:
    """Answers a second; what was not a 2xx stands on top, and is named."""
    start, seconds = _span(operations)
    columns = max(min(int(seconds), BARS), 1)
    good, bad = [0] * columns, [0] * columns
    for one in operations:
        column = min(int((one.returned - start) / 1e9 / seconds * columns), columns - 1)
        (good if one.acknowledged else bad)[column] += 1
    each = seconds / columns
    high = max(g + b for g, b in zip(good, bad, strict=True)) / each
    x, y = Scale(0, seconds, LEFT, RIGHT), Scale(0, high * 1.05, 170, 12)
    width = (RIGHT - LEFT) / columns
    bars = [
        element(
            "rect", class_=kind, x=LEFT + column * width + 0.5, width=max(width - 1, 0.5),
            y=y(upto / each), height=y(0) - y(many / each),
        )
        for column, (ok, not_ok) in enumerate(zip(good, bad, strict=True))
        for kind, many, upto in (("bar", ok, ok), ("wrong", not_ok, ok + not_ok))
        if many
    ]  # fmt: skip
    lines = [
        part
        for value in round_steps(high, 4)
        for part in (
            element("line", class_="axis", x1=LEFT, x2=RIGHT, y1=y(value), y2=y(value)),
            text(f"{value:g}/s", LEFT - 6, y(value) + 4, text_anchor="end"),
        )
    ]
    title = f"Answers a second, at most {high:.0f}; {sum(bad)} of {len(operations)} were not a 2xx"
    return picture(title, WIDTH, 204, [*lines, *bars, *_clock(x, seconds, 170)])


def worker_rows(operations: Sequence[Operation]) -> str:
    """How many requests each process of the app answered, over time; a row each."""
    start, seconds = _span(operations)
    by_worker: dict[str, list[int]] = {}
    for one in operations:
        if one.worker:
            column = min(int((one.returned - start) / 1e9 / seconds * BARS), BARS - 1)
            by_worker.setdefault(one.worker, [0] * BARS)[column] += 1
    total = sum(map(sum, by_worker.values())) or 1
    most = max((max(row) for row in by_worker.values()), default=1)
    left, width = 190, (RIGHT - 190) / BARS
    parts = []
    for number, (worker, row) in enumerate(sorted(by_worker.items())):
        base = 34 + number * 40
        parts.append(
            text(f"{worker}: {sum(row)}, {sum(row) / total:.0%}", 0, base, class_="strong")
        )
        parts += [
            element(
                "rect", class_="bar", x=left + column * width + 0.5, width=width - 1,
                y=base + 4 - 30 * many / most, height=30 * many / most,
            )
            for column, many in enumerate(row)
            if many
        ]  # fmt: skip
    title = "Answers by worker: " + ", ".join(
        f"{worker} {sum(row) / total:.0%}" for worker, row in sorted(by_worker.items())
    )
    return picture(title, WIDTH, 12 + 40 * len(by_worker), parts)


def _line(times: Distribution, x: Scale, y: Scale, furthest: int, kind: str) -> str:
    steps = [1 + number / 40 for number in range(1, 40)]
    inverses = [one * 10**power for power in range(4) for one in [1.0, *steps, *range(2, 10)]]
    points = [
        f"{x(inverse):.1f},{y(max(times.at(max(1 - 1 / inverse, 1e-9)), y.low)):.1f}"
        for inverse in sorted({*inverses, 10_000.0})
        if inverse <= furthest
    ]
    return element("polyline", class_=kind, points=" ".join(points))


def _clock(x: Scale, seconds: float, base: float) -> list[str]:
    return [
        text(f"{value:g} s", x(value), base + 20, text_anchor="middle")
        for value in round_steps(seconds)
    ]


def _due(one: Operation) -> int:
    return one.invoked if one.intended is None else one.intended


def _span(operations: Sequence[Operation]) -> tuple[int, float]:
    start = min(_due(one) for one in operations)
    return start, max((max(one.returned for one in operations) - start) / 1e9, 1e-3)


def _extremes(times: Sequence[float]) -> str:
    return f"{milliseconds(min(times))} to {milliseconds(max(times))}"
