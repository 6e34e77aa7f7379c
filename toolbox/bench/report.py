"""A report as a person reads it."""

from rich import box
from rich.console import Console
from rich.table import Table as RichTable

from toolbox.bench.figures import Figures, Origin, Spread, Table

WIDTH = 120  # columns where there is no terminal to ask


def with_spread(spread: Spread, form: str, scale: float = 1) -> str:
    """Write a median, and behind it the lowest and the highest reading.

    Args:
        spread: the figure.
        form: how each of the three is formatted, as in ",.0f".
        scale: what each is multiplied by: 1000 writes seconds as milliseconds.
    """
    median, lowest, highest = (
        f"{reading * scale:{form}}" for reading in (spread.median, spread.lowest, spread.highest)
    )
    return f"{median} ({lowest} to {highest})"


def show(figures: Figures, origin: Origin) -> None:
    """Print the figures, with colours and lines if there is a terminal."""
    for table in figures.tables():
        show_table(table)
    Console(highlight=False).print(_origin(origin), soft_wrap=True)


def show_table(table: Table) -> None:
    """Print one table with its notes."""
    console = Console(highlight=False)
    if not console.is_terminal:
        console = Console(highlight=False, width=WIDTH)
    console.print(table.title, style="bold", soft_wrap=True)
    console.print(_grid(table, box.SIMPLE_HEAD if console.is_terminal else box.ASCII2))
    for note in filter(None, (*table.notes, table.legend)):
        console.print(note, soft_wrap=True, markup=False)


def _grid(table: Table, lines: box.Box) -> RichTable:
    grid = RichTable(box=lines)
    for number, column in enumerate(table.columns):
        grid.add_column(column, justify="right" if number else "left")
    for row in table.rows:
        grid.add_row(*row)
    return grid


def markdown(figures: Figures, origin: Origin) -> str:
    """Return the figures as Markdown, for a document: without the notes, which it makes itself."""
    blocks = [block for table in figures.tables() for block in markdown_of(table)]
    return "\n\n".join([*blocks, _origin(origin)])


def markdown_of(table: Table) -> list[str]:
    """Return one table as blocks of Markdown."""
    rule = ["---", *["--:"] * (len(table.columns) - 1)]
    lines = [f"| {' | '.join(cells)} |" for cells in (table.columns, rule, *table.rows)]
    return [f"{table.title}:", "\n".join(lines), *([table.legend] if table.legend else [])]


def _origin(origin: Origin) -> str:
    return (
        f"Medians (lowest to highest); rounds: {origin.rounds}, cores: {origin.cores}, "
        f"Python: {origin.python}, command: `{origin.command}`"
    )
