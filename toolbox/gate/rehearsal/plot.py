"""A plot of a rehearsal: each request's latency over time, with the migration's span shaded."""

import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from html import escape

from toolbox.gate.rehearsal.rehearse import Rehearsal
from toolbox.gate.rehearsal.traffic import Sample

WIDTH, HEIGHT = 480, 300
LEFT, RIGHT, TOP, BOTTOM = 64, 16, 40, 44
GAP = 24
LOWEST = 0.0001  # seconds at the bottom of the logarithmic scale
TICKS = ((0.0001, "0.1 ms"), (0.001, "1 ms"), (0.01, "10 ms"), (0.1, "100 ms"), (1.0, "1 s"))
MORE_TICKS = ((10.0, "10 s"), (60.0, "1 min"))
COLOURS = {"reads": "#1f6feb", "writes": "#d1570b"}
STYLE = """\
text { font: 12px system-ui, sans-serif; fill: #1f2328 } .title { font-weight: 600 }
.frame { fill: none; stroke: #8c959f } .grid { stroke: #8c959f; stroke-opacity: .25 }
.span { fill: #cf222e; fill-opacity: .15 } .page { fill: #fff }"""


@dataclass(frozen=True, slots=True)
class Panel:
    """A rehearsal under a title, of the requests to one table."""

    title: str
    rehearsal: Rehearsal
    table: str


def svg(panels: Sequence[Panel]) -> str:
    """Draw rehearsals side by side, on the same scale of latency."""
    highest = max((sample.took for panel in panels for _, sample in _points(panel)), default=LOWEST)
    ticks = [tick for tick in (*TICKS, *MORE_TICKS) if tick[0] <= max(highest * 2, 0.1)]
    top = max(highest * 1.5, ticks[-1][0])
    width = len(panels) * (WIDTH + GAP) - GAP
    lines = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {HEIGHT}" role="img">',
        f"<style>{STYLE}</style>",
        f'<rect class="page" width="{width}" height="{HEIGHT}"/>',
    ]
    for number, panel in enumerate(panels):
        lines.append(f'<g transform="translate({number * (WIDTH + GAP)} 0)">')
        lines += _panel(panel, ticks, top)
        lines.append("</g>")
    return "\n".join([*lines, "</svg>"]) + "\n"


def _points(panel: Panel) -> Iterator[tuple[str, Sample]]:
    """Give the requests to the panel's table, each with its kind."""
    traffic = panel.rehearsal.old
    for stream, samples in zip(traffic.streams, traffic.samples, strict=True):
        if stream.table == panel.table:
            yield from ((stream.kind, sample) for sample in samples)


def _panel(panel: Panel, ticks: Sequence[tuple[float, str]], top: float) -> Iterator[str]:
    points = [*_points(panel)]
    first = min(sample.sent for _, sample in points)
    last = max(sample.sent + sample.took for _, sample in points)

    def x(moment: float) -> float:
        return LEFT + (moment - first) / (last - first) * (WIDTH - LEFT - RIGHT)

    def y(seconds: float) -> float:
        share = math.log(max(seconds, LOWEST) / LOWEST) / math.log(top / LOWEST)
        return HEIGHT - BOTTOM - share * (HEIGHT - TOP - BOTTOM)

    yield f'<text class="title" x="{LEFT}" y="22">{escape(panel.title)}</text>'
    begin, end = x(panel.rehearsal.began), x(panel.rehearsal.ended)
    span = f'x="{begin:.1f}" y="{TOP}" width="{max(end - begin, 1):.1f}"'
    yield f'<rect class="span" {span} height="{HEIGHT - TOP - BOTTOM}"/>'
    for seconds, label in ticks:
        yield f'<path class="grid" d="M{LEFT} {y(seconds):.1f}H{WIDTH - RIGHT}"/>'
        yield f'<text x="{LEFT - 6}" y="{y(seconds) + 4:.1f}" text-anchor="end">{label}</text>'
    yield from _axis(x, first, last)
    for kind, colour in COLOURS.items():
        marks = (_mark(x(s.sent), x(s.sent + s.took), y(s.took)) for k, s in points if k == kind)
        yield f'<path stroke="{colour}" stroke-width="1.5" fill="none" d="{"".join(marks)}"/>'
    frame = f'width="{WIDTH - LEFT - RIGHT}" height="{HEIGHT - TOP - BOTTOM}"'
    yield f'<rect class="frame" x="{LEFT}" y="{TOP}" {frame}/>'


def _mark(sent: float, answered: float, height: float) -> str:
    """Draw a request as the line from when it was sent to when it was answered."""
    return f"M{sent:.1f} {height:.1f}H{max(answered, sent + 1):.1f}"


def _axis(x: Callable[[float], float], first: float, last: float) -> Iterator[str]:
    step = next((step for step in (1, 2, 5, 10, 20, 60) if (last - first) / step <= 8), 120)
    for second in range(0, int(last - first) + 1, step):
        place = f'x="{x(first + second):.1f}" y="{HEIGHT - BOTTOM + 18}"'
        yield f'<text {place} text-anchor="middle">{second} s</text>'
    for number, (kind, colour) in enumerate(COLOURS.items()):
        place = f'x="{WIDTH - RIGHT - 130 + 70 * number}" y="22"'
        yield f'<text {place} style="fill: {colour}">— {kind}</text>'
