"""What beginning a project comes to, for who decides about it."""

from collections import Counter
from pathlib import Path

from toolbox.update.record import Record
from toolbox.update.trees import git

WORDS = {"A": "new", "M": "changed", "D": "removed", "R": "renamed"}


def choices(record: Record, *, fresh_git: bool) -> str:
    """Return what the project is to be, a line for each choice."""
    history = "one revision of its own" if record.fresh_history else "the template's revisions"
    lines = {
        "Name": f"{record.name} (database, user), {record.name.replace('_', '-')} (distribution)",
        "Title": record.title,
        "Licence": f"MIT, {record.holder or 'with no further holder (--holder NAME)'}",
        "Items": "kept, as the example" if record.items else "taken out",
        "Migrations": history,
        "Git history": "begins anew" if fresh_git else "goes on",
        "Updates from": f"{record.source} (another: --template URL)",
    }
    return "\n".join(f"{what:<13} {said}" for what, said in lines.items()) + "\n"


def differences(root: Path, tree: str, *, every: bool) -> str:
    """Return how a tree differs from what is committed: in numbers, and on demand by file."""
    listed = git(root, "diff", "--name-status", "--find-renames", "HEAD", tree).splitlines()
    kinds = Counter(line[0] for line in listed)
    counted = ", ".join(f"{kinds[kind]} {word}" for kind, word in WORDS.items() if kinds[kind])
    files = f"Files: {counted}.\n"
    return files + "".join(f"  {_told(line)}\n" for line in listed) if every else files


def _told(line: str) -> str:
    kind, *paths = line.split("\t")
    return f"{WORDS.get(kind[0], kind):<8} {' -> '.join(paths)}"
