"""Boxes and arrows as SVG, in light and dark, with no font or script from elsewhere."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from html import escape

TITLE_HEIGHT = 30
ROW_HEIGHT = 20
LETTER = 6.9  # pixels, of the monospaced rows; a little more than it takes
MARGIN = 12

STYLE = """\
.page { fill: #fff } .box { fill: #f6f8fa; stroke: #8c959f }
.title { font: 600 14px system-ui, sans-serif }
text { font: 12px ui-monospace, monospace; fill: #1f2328 } .faint { fill: #59636e }
.arrow { fill: none; stroke: #0969da; stroke-width: 1.5 } .tip { fill: #0969da }
.dashed { stroke-dasharray: 5 4 } .label { font: 12px system-ui, sans-serif }
.label-page { fill: #fff }
@media (prefers-color-scheme: dark) {
.page, .label-page { fill: #0d1117 } .box { fill: #151b23; stroke: #656c76 } text { fill: #f0f6fc }
.faint { fill: #9198a1 } .arrow { stroke: #4493f8 } .tip { fill: #4493f8 } }"""

TIP = (
    '<marker id="tip" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="7" markerHeight="7" '
    'orient="auto-start-reverse"><path class="tip" d="M0 0L8 4L0 8z"/></marker>'
)

Row = tuple[str, str]  # what it is called, and what is said of it


@dataclass(frozen=True, slots=True)
class Box:
    """A titled box of rows, whose corner is at (x, y)."""

    title: str
    rows: Sequence[Row]
    x: float = 0
    y: float = 0

    @property
    def width(self) -> float:
        """Enough for the longest row, in pixels."""
        words = max((len(name) + len(said) + 3 for name, said in self.rows), default=0)
        return max(words * LETTER, len(self.title) * 9) + 2 * MARGIN

    @property
    def height(self) -> float:
        """Enough for the title and all rows, in pixels."""
        return TITLE_HEIGHT + len(self.rows) * ROW_HEIGHT + (MARGIN if self.rows else 0)

    def row(self, name: str) -> float:
        """Return the height of the middle of the row of this name."""
        number = [row[0] for row in self.rows].index(name)
        return self.y + TITLE_HEIGHT + (number + 0.5) * ROW_HEIGHT

    def svg(self) -> Iterator[str]:
        """Draw it."""
        size = f'width="{self.width:.0f}" height="{self.height:.0f}"'
        yield f'<g transform="translate({self.x:.0f} {self.y:.0f})">'
        yield f'<rect class="box" rx="6" {size}/>'
        yield f'<text class="title" x="{MARGIN}" y="20">{escape(self.title)}</text>'
        for number, (name, said) in enumerate(self.rows):
            y = TITLE_HEIGHT + number * ROW_HEIGHT + 14
            yield f'<text x="{MARGIN}" y="{y}">{escape(name)}</text>'
            right = f'x="{self.width - MARGIN:.0f}" y="{y}" text-anchor="end"'
            yield f'<text class="faint" {right}>{escape(said)}</text>'
        yield "</g>"


def arrow(path: str, *, dashed: bool = False) -> str:
    """Draw a line with a tip at its end."""
    kind = "arrow dashed" if dashed else "arrow"
    return f'<path class="{kind}" marker-end="url(#tip)" d="{path}"/>'


def label(text: str, x: float, y: float) -> Iterator[str]:
    """Write a few words whose middle is at (x, y), over whatever lies beneath."""
    width = len(text) * 6.4 + 8
    place = f'x="{x - width / 2:.0f}" y="{y - 9:.0f}"'
    yield f'<rect class="label-page" {place} width="{width:.0f}" height="18"/>'
    place = f'x="{x:.0f}" y="{y + 4:.0f}" text-anchor="middle"'
    yield f'<text class="label" {place}>{escape(text)}</text>'


def picture(title: str, boxes: Sequence[Box], lines: Sequence[str], right: float = 0) -> str:
    """Put boxes and lines on a page as large as they need.

    Args:
        title: for who does not see it.
        boxes: what there is.
        lines: what is drawn over it.
        right: pixels that lines need beside the last box.
    """
    width = max(box.x + box.width for box in boxes) + MARGIN + right
    height = max(box.y + box.height for box in boxes) + MARGIN
    size = f'width="{width:.0f}" height="{height:.0f}"'
    view = f'viewBox="0 0 {width:.0f} {height:.0f}" {size} role="img"'
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" {view}><title>{escape(title)}</title>',
        f"<style>{STYLE}</style><defs>{TIP}</defs>",
        f'<rect class="page" {size} rx="6"/>',
        *(line for box in boxes for line in box.svg()),
        *lines,
        "</svg>",
    ]
    return "\n".join(parts) + "\n"
