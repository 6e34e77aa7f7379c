"""Giving the project its name at every place that has the template's.

Names of the toolbox's own things, as the prefix `pir_throwaway` of its databases, stay: nobody
outside meets them, and every line that stays is one that an update merges by itself.
"""

import re
from collections.abc import Iterator
from pathlib import Path

from toolbox.template.names import OUR_KEBAB, OURS, Names

# What speaks of the template itself, or is no text.
UNTOUCHED = ("LICENSE", "docs/decisions", "docs/images", "toolbox/update", ".template.toml")
SUFFIXES_OF_BINARIES = {".png"}

# Written as distributions are. Sorted by name, which is another now.
LOCK = "uv.lock"
DISTRIBUTIONS = {"pyproject.toml", LOCK}

# A list of dependencies, a line each.
LISTED = re.compile(r"(?:^    \{ name = .*\n)+", re.MULTILINE)

WORD = re.compile(rf"\b{OURS.snake}\b(?P<kebab>(?=-\w|\.example))?")


def rename(folder: Path, names: Names) -> None:
    """Name a tree anew: the texts of its files, and the files that have the name themselves."""
    for path in _texts(folder):
        old = path.read_text(encoding="utf-8")
        name = path.relative_to(folder).as_posix()
        new = renamed(old, names, as_distribution=name in DISTRIBUTIONS)
        if name == LOCK:
            new = in_order(new)
        if new != old:
            path.write_text(new, encoding="utf-8")
        if path.stem == OURS.snake:
            path.rename(path.with_stem(names.snake))


def renamed(text: str, names: Names, *, as_distribution: bool = False) -> str:
    """Return a text with the project's name for the template's, each in its spelling."""

    def spelled(found: re.Match[str]) -> str:
        return names.kebab if as_distribution or found["kebab"] is not None else names.snake

    text = text.replace(OURS.title, names.title).replace(OUR_KEBAB, names.kebab)
    return WORD.sub(spelled, text)


def in_order(lock: str) -> str:
    """Return a uv.lock with its packages in the order of their names, as uv writes them."""
    lock = LISTED.sub(
        lambda found: "".join(sorted(found[0].splitlines(keepends=True), key=_quoted)), lock
    )
    head, *packages = f"{lock}\n".split("[[package]]\n")
    ordered = "".join(f"[[package]]\n{package}" for package in sorted(packages, key=_quoted))
    return f"{head}{ordered}".removesuffix("\n")


def packages_of(lock: str) -> set[str]:
    """Return the names of all packages in a uv.lock."""
    return {_quoted(package) for package in lock.split("[[package]]\n")[1:]}


def _quoted(text: str) -> str:
    """Return the first quoted word of a text: of what uv.lock lists that is its name."""
    return text.split('"', 2)[1]


def _texts(folder: Path) -> Iterator[Path]:
    for path in sorted(folder.rglob("*")):
        name = path.relative_to(folder).as_posix()
        is_ours = not name.startswith(UNTOUCHED)
        if is_ours and path.is_file() and path.suffix not in SUFFIXES_OF_BINARIES:
            yield path
