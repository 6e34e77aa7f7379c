"""What is or would be written, for people to read."""

import difflib
from collections.abc import Sequence

from toolbox.checkout import ROOT
from toolbox.scaffold import profile
from toolbox.scaffold.changes import Change
from toolbox.scaffold.resource import Resource


def diff(changes: Sequence[Change]) -> str:
    """Return all changes as `git diff` shows them."""
    return "\n".join(_diff(change) for change in changes)


def _diff(change: Change) -> str:
    old = "/dev/null" if change.before is None else f"a/{change.path}"
    lines = difflib.unified_diff(
        (change.before or "").splitlines(),
        change.after.splitlines(),
        old,
        f"b/{change.path}",
        lineterm="",
    )
    return "\n".join(lines)


def tree(changes: Sequence[Change]) -> str:
    """Return the paths, each with whether it is new, and how many lines it gets."""
    width = max(len(str(change.path)) for change in changes)
    return "\n".join(
        f"  {_mark(change)} {change.path!s:<{width}}  {_lines(change)}" for change in changes
    )


def advice(resource: Resource) -> str:
    """Say what to do with what was written, and what is not among it."""
    try:
        profile.plan(ROOT, resource)
        judged = f"nox -s integration judges {resource.spoken_plural} under concurrent use too."
    except profile.Unmarkable as exc:
        judged = f"There is no profile to judge it under concurrent use: {exc}."
    return (
        f"{judged}\nRead it as you would a colleague's: docs/add-a-resource.md says what was "
        "decided. Then: nox -s migrate, and nox"
    )


def _mark(change: Change) -> str:
    return "+" if change.before is None else "~"


def _lines(change: Change) -> str:
    matcher = difflib.SequenceMatcher(
        None, (change.before or "").splitlines(), change.after.splitlines(), autojunk=False
    )
    added = sum(j2 - j1 for tag, _, _, j1, j2 in matcher.get_opcodes() if tag != "equal")
    return f"{added} line{'s' * (added != 1)}" if added else "empty"
