"""Prose of the templates broken to lines, as names are longer in some resources than in others."""

import textwrap
from collections.abc import Callable, Sequence
from itertools import takewhile

WIDTH = 100
QUOTES = '"""'


def wrapped(text: str) -> str:
    """Break comments and docstrings that are too long; of code a formatter has done it."""
    done: list[str] = []
    inside = False  # of a docstring
    lines = text.splitlines()
    while lines:
        line = lines.pop(0)
        is_prose = inside or line.lstrip().startswith((QUOTES, "#"))
        inside ^= line.count(QUOTES) % 2 == 1
        if not is_prose or len(line) <= WIDTH:
            done.append(line)
        elif line.lstrip().startswith("# "):
            rest = list(takewhile(_begins_as(line), lines))
            del lines[: len(rest)]
            done += _comment(line, rest)
        else:
            done += _docstring(line)
    return "".join(f"{line}\n" for line in done)


def _begins_as(line: str) -> Callable[[str], bool]:
    """Return what tells whether a line goes on with this line's comment."""
    return lambda other: other.startswith(f"{_indent(line)}# ")


def _comment(line: str, rest: Sequence[str]) -> list[str]:
    words = " ".join(each.strip().removeprefix("# ") for each in (line, *rest))
    return _filled(words, f"{_indent(line)}# ")


def _docstring(line: str) -> list[str]:
    words, indent = line.strip(), _indent(line)
    if words.startswith(QUOTES) and words.endswith(QUOTES):
        *before, last = _filled(words, indent)  # with the quotes, or what is left might fit
        return [*before, last.removesuffix(QUOTES), f"{indent}{QUOTES}"]
    # What an exception is raised for is under its name.
    further = "    " if words.partition(":")[0].isidentifier() else ""
    return _filled(words, indent, further)


def _indent(line: str) -> str:
    return line[: len(line) - len(line.lstrip())]


def _filled(words: str, indent: str, further: str = "") -> list[str]:
    return textwrap.wrap(
        words,
        WIDTH,
        initial_indent=indent,
        subsequent_indent=f"{indent}{further}",
        break_long_words=False,
        break_on_hyphens=False,
    )
