"""Tables in Markdown."""

from collections.abc import Iterable, Sequence


def table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> list[str]:
    """Return a table's lines, and an empty one after it; nothing where there are no rows."""
    lines = [_line(row) for row in rows]
    return [_line(head), _line(["---"] * len(head)), *lines, ""] if lines else []


def _line(cells: Sequence[str]) -> str:
    return f"| {' | '.join(map(_cell, cells))} |"


def _cell(text: str) -> str:
    """Return a text as it can stand in a cell: on one line, without its border."""
    return " ".join(text.replace("|", r"\|").split())
