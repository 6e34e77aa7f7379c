"""The packages as a picture: what each has in it, and who imports whom, as the code says it."""

import ast
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from toolbox.site.drawing import MARGIN, Box, arrow, label, picture

COLUMNS = (("noxfile.py", "toolbox", "integration_cli"), ("migrations", "api", "Postgres"))
PACKAGES = ("toolbox", "integration_cli", "migrations", "api")
COLUMN_GAP = 210
BOX_GAP = 56
BEND = 60  # pixels by which an arrow goes around a box


@dataclass(frozen=True, slots=True)
class Line:
    """That one has to do with another, and what, in a word or two."""

    of: str
    to: str
    words: str
    is_import: bool = False


# What no import shows. Names that are no package are what they say.
KNOWN = (
    Line("noxfile.py", "toolbox", "starts"),
    Line("toolbox", "integration_cli", "starts"),
    Line("toolbox", "migrations", "runs, by Alembic"),
    Line("integration_cli", "api", "asks, by HTTP"),
    Line("toolbox", "Postgres", "starts, makes databases"),
    Line("migrations", "Postgres", "alters"),
    Line("api", "Postgres", "asks, by asyncpg"),
)


def draw_packages(root: Path) -> str:
    """Draw the packages of the checkout at this path, and their imports of each other."""
    boxes = {box.title: box for box in _placed(root)}
    lines = [*imports(root), *KNOWN]
    drawn = [part for line in lines for part in _drawn(line, boxes)]
    title = "The packages, and what each has to do with the others"
    return picture(title, [*boxes.values()], drawn, right=BEND)


def imports(root: Path) -> list[Line]:
    """Return who of the packages imports whom."""
    found = {
        (package, imported)
        for package in PACKAGES
        for path in (root / package).rglob("*.py")
        for imported in _imported(path) & (set(PACKAGES) - {package})
    }
    return [Line(of, to, "imports", is_import=True) for of, to in sorted(found)]


def _imported(path: Path) -> set[str]:
    """Return the names, up to the first dot, of what a file imports."""
    names: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            names |= {alias.name.partition(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            names.add(node.module.partition(".")[0])
    return names


def _placed(root: Path) -> Iterator[Box]:
    x: float = MARGIN
    for column in COLUMNS:
        boxes = [Box(name, _rows(root / name)) for name in column]
        y: float = MARGIN
        for box in boxes:
            yield replace(box, x=x, y=y)
            y += box.height + BOX_GAP
        x += max(box.width for box in boxes) + COLUMN_GAP


def _rows(path: Path) -> list[tuple[str, str]]:
    """Return the names of the packages within one."""
    return [(name, "") for name in sorted(init.parent.name for init in path.glob("*/__init__.py"))]


def _drawn(line: Line, boxes: Mapping[str, Box]) -> Iterator[str]:
    """Draw a line from box to box: across the gap, straight down, or around what is between."""
    of, to = boxes[line.of], boxes[line.to]
    if of.x != to.x:
        begin, end = (of, to) if of.x < to.x else (to, of)
        x1, x2 = begin.x + begin.width, end.x
        y1, y2 = begin.y + begin.height / 2, end.y + end.height / 2
        ends = f"{x1:.0f} {y1:.0f}", f"{x2:.0f} {y2:.0f}"
        middle = (x1 + x2) / 2, (y1 + y2) / 2
        path = "M{}L{}".format(*(ends if begin is of else reversed(ends)))
    elif _adjacent(line):
        upper, lower = sorted((of, to), key=lambda box: box.y)
        x, y1, y2 = of.x + min(of.width, to.width) / 2, upper.y + upper.height, lower.y
        middle = x, (y1 + y2) / 2
        path = f"M{x:.0f} {y1:.0f}V{y2:.0f}" if upper is of else f"M{x:.0f} {y2:.0f}V{y1:.0f}"
    else:
        x1, x2 = of.x + of.width, to.x + to.width
        y1, y2 = of.y + of.height / 2, to.y + to.height / 2
        out = max(box.x + box.width for box in boxes.values() if box.x == of.x) + BEND
        middle = out - BEND / 4, (y1 + y2) / 2
        path = f"M{x1:.0f} {y1:.0f}C{out:.0f} {y1:.0f} {out:.0f} {y2:.0f} {x2:.0f} {y2:.0f}"
    yield arrow(path, dashed=not line.is_import)
    yield from label(line.words, *middle)


def _adjacent(line: Line) -> bool:
    """Tell whether one of the two stands right under the other."""
    column = next(column for column in COLUMNS if line.of in column)
    return abs(column.index(line.of) - column.index(line.to)) == 1
