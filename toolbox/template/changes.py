"""Changes of one text: what goes leaves no comments or decorators of its own behind."""

import ast
import re


class NotThere(Exception):
    """A text has not what is to be changed, or has it more than once; says what."""


def replace(text: str, old: str, new: str) -> str:
    """Return a text with another for one that it has once.

    Raises:
        NotThere: it has it not once.
    """
    if text.count(old) != 1:
        raise NotThere(f"{text.count(old)} times, and not once: {old!r}")
    return text.replace(old, new)


def drop_lines(text: str, matching: str) -> str:
    """Return a text without the lines that have a match of an expression.

    Raises:
        NotThere: there are none.
    """
    lines = text.splitlines(keepends=True)
    kept = [line for line in lines if not re.search(matching, line)]
    if len(kept) == len(lines):
        raise NotThere(f"no line with {matching}")
    return "".join(kept)


def retell(text: str, matching: str, by: str) -> str:
    """Return a text with each match of an expression, if any, as another text says it."""
    return re.sub(matching, by, text)


def drop_definitions(source: str, *names: str) -> str:
    """Return Python without these functions and classes, a method named as `Class.method`.

    Raises:
        NotThere: it lacks one of them.
    """
    found = dict(_definitions(ast.parse(source).body))
    if missing := [name for name in names if name not in found]:
        raise NotThere(f"no {', '.join(missing)}")
    return drop_statements(source, [found[name] for name in names])


def _definitions(body: list[ast.stmt], within: str = "") -> "list[tuple[str, ast.stmt]]":
    found: list[tuple[str, ast.stmt]] = []
    for one in body:
        if isinstance(one, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            found.append((f"{within}{one.name}", one))
        if isinstance(one, ast.ClassDef):
            found += _definitions(one.body, f"{one.name}.")
    return found


def drop_statements(source: str, statements: list[ast.stmt]) -> str:
    """Return Python without these statements and the comments right above them.

    Blank lines are left to the formatter, which knows how many there should be.
    """
    lines = source.splitlines(keepends=True)
    gone: set[int] = set()
    for one in statements:
        decorators = getattr(one, "decorator_list", [])
        first = min([one.lineno, *(each.lineno for each in decorators)])
        while first > 1 and lines[first - 2].lstrip().startswith("#"):
            first -= 1
        gone |= {*range(first, (one.end_lineno or one.lineno) + 1)}
    return "".join(line for number, line in enumerate(lines, 1) if number not in gone)


def drop_sections(document: str, *headings: str) -> str:
    """Return Markdown without the sections under these headings, as `## How fast`.

    Raises:
        NotThere: it lacks one of them.
    """
    for heading in headings:
        level = len(heading) - len(heading.lstrip("#"))
        section = re.compile(
            rf"^{re.escape(heading)}\n.*?(?=^#{{1,{level}}} |\Z)", re.MULTILINE | re.DOTALL
        )
        if not section.search(document):
            raise NotThere(f"no section {heading!r}")
        document = section.sub("", document, count=1)
    return document
