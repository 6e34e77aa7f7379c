"""The pages of the site, gathered in one folder: README.md, docs/, and the reference.

README.md is the front page. The files stay as they are for whoever reads them in the repository;
only the copies have lists of contents, and links that lead from there to where they led.
"""

import re
import shutil
from collections.abc import Iterator, Mapping, Sequence
from os.path import relpath
from pathlib import Path

from toolbox.site.reference import PAGES
from toolbox.site.reference.markdown import table

CODE = re.compile(r"(^ *```.*?^ *```$)", re.MULTILINE | re.DOTALL)
# `](target` and `[label]: target`, where the target has no scheme and is more than an anchor.
LINK = re.compile(r"(\]\(|^\[[^\]]+\]: )(?!\w+:)([^)#\s]+)", re.MULTILINE)
TITLE = re.compile(r"# (.*)\n+(.*(?:\n.+)*)")

# The pages in the margin, by heading, in the order in which one comes to need them. One that is
# named here and not there is left out, and one that is nowhere named comes last of the how-tos.
HOW_TO = "How to"
MARGIN: Mapping[str, Sequence[str]] = {
    "Start here": ("self", "recorded", "make-it-yours"),
    "The daily round": ("daily-round", "red-build"),
    HOW_TO: (
        "add-a-resource",
        "write-a-migration",
        "find-a-race",
        "deploy",
        "observability",
        "scaling",
        "updates",
    ),
    "Reference": (
        *(name.removesuffix(".md") for name in PAGES),
        "rules/README",
        "invariants/README",
    ),
    "How it works": (
        "architecture",
        "migration-gate",
        "concurrency",
        "mutants",
        "keep-serving",
        "how-fast",
    ),
    "Why it is so": ("decisions/README",),
}
COLLECTIONS = ("rules", "invariants", "decisions")


def stage(root: Path, folder: Path) -> None:
    """Write all pages of a checkout to a folder, which is emptied before."""
    docs = root / "docs"
    shutil.rmtree(folder, ignore_errors=True)
    shutil.copytree(docs, folder, ignore=shutil.ignore_patterns("*.md", "*.py"))
    copies = {page: folder / page.relative_to(docs) for page in docs.rglob("*.md")}
    copies[root / "README.md"] = folder / "index.md"
    for page, copy in copies.items():
        copy.parent.mkdir(exist_ok=True)
        copy.write_text(_relinked(page, copy, docs, copies))
    for name, make in PAGES.items():
        (folder / name).parent.mkdir(exist_ok=True)
        (folder / name).write_text(make())
    for name in COLLECTIONS:
        _gather(folder / name)
    _append(folder / "index.md", _contents(folder))


def _relinked(page: Path, copy: Path, docs: Path, copies: Mapping[Path, Path]) -> str:
    """Return the text of a page with its links as they must be in its copy."""

    def relink(link: re.Match[str]) -> str:
        target = (page.parent / link[2]).resolve()
        if target in copies:
            target = copies[target]
        elif target.is_relative_to(docs):
            target = copies[docs.parent / "README.md"].parent / target.relative_to(docs)
        return link[1] + relpath(target, copy.parent)

    parts = CODE.split(page.read_text())
    return "".join(
        part if number % 2 else LINK.sub(relink, part) for number, part in enumerate(parts)
    )


def _append(page: Path, lines: Sequence[str]) -> None:
    page.write_text("\n".join([page.read_text(), *lines, ""]))


def _contents(folder: Path) -> list[str]:
    """Return the lists of all pages, by heading, for the margin."""
    there = {str(page.relative_to(folder).with_suffix("")) for page in folder.rglob("*.md")}
    named = {name for names in MARGIN.values() for name in names}
    others = sorted({page.stem for page in folder.glob("*.md")} - {"index", *named})
    lines: list[str] = []
    for heading, names in MARGIN.items():
        pages = [name for name in names if name in {*there, "self"}]
        pages += others if heading == HOW_TO else []
        lines += _list(pages, heading) if pages else []
    return lines


def _gather(folder: Path) -> None:
    """Add a table of a folder's pages to its README.md, and to each page the way back.

    They are not in the margin: two hundred lines there help nobody, on each page.
    """
    pages = sorted(page for page in folder.glob("*.md") if page.stem != "README")
    words = [_first_words(page) for page in pages]
    if folder.name == "decisions":  # whose titles say it
        _append(folder / "README.md", table(["Decision"], ([title] for title, _ in words)))
    else:
        _append(folder / "README.md", table(["Name", "Meaning"], words))
    for page in pages:
        page.write_text(
            f"---\norphan: true\n---\n{page.read_text()}\n[All {folder.name}](README.md)\n"
        )


def _first_words(page: Path) -> tuple[str, str]:
    """Return a link to a page, and its first paragraph."""
    found = TITLE.match(page.read_text())
    assert found is not None  # noqa: S101 - tests hold all of them to it
    title, paragraph = found.groups()
    return f"[{title}]({page.name})", paragraph


def _list(names: Sequence[str], caption: str) -> Iterator[str]:
    pages = ["Begin <self>" if name == "self" else name for name in names]
    yield from ("```{toctree}", ":hidden:", f":caption: {caption}", "", *pages, "```", "")
