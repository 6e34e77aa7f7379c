"""A tree of the template, made into a project's: a function of the tree and of the record alone."""

import os
import sys
from pathlib import Path

from toolbox.processes import ask
from toolbox.template.items import without_items
from toolbox.template.names import Names
from toolbox.template.rename import rename
from toolbox.template.rules import Rules
from toolbox.update.record import Record

VERSIONS = Path("migrations") / "versions"
LINEAGE = Path("api") / "schema_revisions.txt"

# What the pictures in docs/ show is the tree's, and so is what draws them.
DRAW = """
from toolbox.checkout import ROOT
from toolbox.site.pictures import write_pictures
write_pictures(ROOT)
"""

# Imports that nothing uses any more, and their order.
MENDED = "F401,I001"


def make(folder: Path, record: Record) -> None:
    """Make the tree in a folder into a project's, as its record says.

    With a fresh history it has no revisions at all: those are the project's own, and an update must
    not touch them.

    Raises:
        ToolboxError: a rule does not fit the tree.
    """
    Rules.read("project").apply(folder)
    if not record.items:
        without_items(folder)
    if record.fresh_history:
        forget_history(folder)
    rename(folder, Names(record.name, record.title))
    name_holder(folder / "LICENSE", record)
    record.write(folder)
    tidy(folder)
    draw(folder)


def forget_history(folder: Path) -> None:
    """Remove all revisions, and from the service the list of them."""
    for path in (folder / VERSIONS).glob("*.py"):
        path.unlink()
    (folder / LINEAGE).write_text("")


def name_holder(licence: Path, record: Record) -> None:
    """Name who holds the rights to what is new; those to what was there stay named, as it asks."""
    if record.holder:
        text = licence.read_text(encoding="utf-8")
        mine = f"Copyright (c) {record.year} {record.holder}\nCopyright"
        licence.write_text(text.replace("Copyright", mine, 1), encoding="utf-8")


def tidy(folder: Path) -> None:
    """Leave no import that nothing uses, and every line as the formatter has it."""
    ruff = [sys.executable, "-m", "ruff"]
    ask([*ruff, "check", "--quiet", "--fix-only", f"--select={MENDED}", "."], cwd=folder)
    ask([*ruff, "format", "--quiet", "."], cwd=folder)


def draw(folder: Path) -> None:
    """Draw the pictures of the code anew where it is another now."""
    own = {**os.environ, "PYTHONPATH": str(folder)}
    ask([sys.executable, "-B", "-P", "-c", DRAW], own, folder)
