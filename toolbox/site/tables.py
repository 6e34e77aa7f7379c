"""The tables as a picture: each with its columns, and an arrow for each foreign key."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

from sqlalchemy import Column, ForeignKey, MetaData, Table
from sqlalchemy.dialects import postgresql

from toolbox.site.drawing import MARGIN, Box, Row, arrow, picture

COLUMN_GAP = 90
TABLE_GAP = 28
BEND = 40  # pixels that an arrow reaches out before it turns


def draw_tables(metadata: MetaData) -> str:
    """Draw all tables; those that others refer to stand left of them."""
    boxes = {box.title: box for box in _placed(metadata)}
    keys = [key for table in metadata.sorted_tables for key in _keys(table)]
    return picture("The tables and their foreign keys", [*boxes.values()], [*_arrows(boxes, keys)])


def _placed(metadata: MetaData) -> Iterator[Box]:
    """Give each table a place: in the column of its depth, under the one before."""
    columns: dict[int, list[Table]] = defaultdict(list)
    depths = _depths(metadata)
    for table in metadata.sorted_tables:
        columns[depths[table.name]].append(table)
    x: float = MARGIN
    for depth in sorted(columns):
        y: float = MARGIN
        boxes = [Box(table.name, _rows(table)) for table in columns[depth]]
        for box in boxes:
            yield replace(box, x=x, y=y)
            y += box.height + TABLE_GAP
        x += max(box.width for box in boxes) + COLUMN_GAP


def _depths(metadata: MetaData) -> Mapping[str, int]:
    """Return how many foreign keys lead, one after the other, from each table to the last one."""
    depths: dict[str, int] = {}
    # Those that are referred to come first, but for tables that refer to each other in a circle.
    for table in metadata.sorted_tables:
        referred = {key.column.table.name for key in _keys(table)} - {table.name}
        depths[table.name] = max((depths.get(name, 0) + 1 for name in referred), default=0)
    return depths


def _keys(table: Table) -> list[ForeignKey]:
    return sorted(table.foreign_keys, key=lambda key: key.parent.name)


def _rows(table: Table) -> Sequence[Row]:
    return [(column.name, _told(column)) for column in table.columns]


def _told(column: Column[object]) -> str:
    """Say in a few words what a column is: its type, and whether it may be null or is a key."""
    kind = column.type.compile(postgresql.dialect()).lower()  # type: ignore[no-untyped-call]
    kind = kind.replace("timestamp with time zone", "timestamptz").replace("varchar", "varchar")
    signs = [
        sign for sign, holds in (("PK", column.primary_key), ("FK", column.foreign_keys)) if holds
    ]
    return " ".join([kind + ("?" if column.nullable else ""), *signs])


def _arrows(boxes: Mapping[str, Box], keys: Sequence[ForeignKey]) -> Iterator[str]:
    for key in keys:
        of, to = boxes[key.parent.table.name], boxes[key.column.table.name]
        begin, end = of.row(key.parent.name), to.row(key.column.name)
        if to.x < of.x:  # from its left side to the other's right
            right = to.x + to.width
            yield arrow(
                f"M{of.x:.0f} {begin:.0f}C{of.x - BEND:.0f} {begin:.0f} "
                f"{right + BEND:.0f} {end:.0f} {right:.0f} {end:.0f}"
            )
        else:  # to itself, or to one in the same column: around the right side of both
            out = max(of.x + of.width, to.x + to.width) + BEND
            yield arrow(
                f"M{of.x + of.width:.0f} {begin:.0f}C{out:.0f} {begin:.0f} "
                f"{out:.0f} {end:.0f} {to.x + to.width:.0f} {end:.0f}"
            )
