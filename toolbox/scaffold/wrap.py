"""Prose of the templates broken to lines, as names are longer in some resources than in others."""

import textwrap

WIDTH = 100


def wrapped(text: str) -> str:
    """Break comments and docstrings that are too long; of code a formatter has done it."""
    lines: list[str] = []
    inside = False  # of a docstring
    for line in text.splitlines():
        is_prose = inside or line.lstrip().startswith(('"""', "#"))
        lines += _broken(line) if is_prose and len(line) > WIDTH else [line]
        inside ^= line.count('"""') % 2 == 1
    return "".join(f"{line}\n" for line in lines)


def _broken(line: str) -> list[str]:
    words = line.lstrip()
    indent = line[: len(line) - len(words)]
    mark = "# " if words.startswith("# ") else ""
    # What an exception is raised for is under its name.
    further = "    " if words.partition(":")[0].isidentifier() else ""
    return textwrap.wrap(
        words.removeprefix(mark),
        WIDTH,
        initial_indent=f"{indent}{mark}",
        subsequent_indent=f"{indent}{mark}{further}",
        break_long_words=False,
        break_on_hyphens=False,
    )
