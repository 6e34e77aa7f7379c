"""What a rehearsal found, as a table."""

from typing import Literal

from rich import box
from rich.console import Console
from rich.table import Table
from rich.text import Text

from toolbox.gate.rehearsal.rehearse import WAITED, Figures, Rehearsal

COLUMNS = ("Requests", "p99 before", "p99 then", "longest", "stood still", "errors")


def show(rehearsal: Rehearsal, console: Console) -> None:
    """Print a rehearsal."""
    took = rehearsal.ended - rehearsal.began
    names = ", ".join(rehearsal.revisions)
    console.print(f"{names} on {rehearsal.rows:,} rows a table: {took:.1f} s", style="bold")
    if rehearsal.failed:
        console.print(Text(f"It failed: {rehearsal.failed}", "bold red"))
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False)
    for number, column in enumerate(COLUMNS):
        justify: Literal["left", "right"] = "right" if number else "left"
        table.add_column(column, justify=justify, overflow="fold")
    figures = rehearsal.figures()
    for each in figures:
        table.add_row(*_row(each), style="red" if is_felt(each) else "")
    console.print(table)
    for each in figures:
        for error, count in each.errors.most_common():
            console.print(Text(f"{count} {each.kind} of {each.table} failed: {error}", "red"))
    if rehearsal.downgrade is not None:
        console.print(f"The downgrade, with nobody there: {rehearsal.downgrade:.1f} s")
    elif not rehearsal.failed:
        console.print(Text("The downgrade fails on these rows.", "bold red"))


def is_felt(figures: Figures) -> bool:
    """Tell whether users feel it: requests waited, or failed."""
    return figures.longest > WAITED or bool(figures.errors)


def _row(each: Figures) -> tuple[str, ...]:
    return (
        f"{each.kind} of {each.table}",
        _ms(each.before),
        _ms(each.during),
        _ms(each.longest),
        f"{each.waited:.1f} s" if each.waited else "",
        str(each.errors.total()) if each.errors else "",
    )


def _ms(seconds: float) -> str:
    return f"{seconds * 1000:,.1f} ms"
