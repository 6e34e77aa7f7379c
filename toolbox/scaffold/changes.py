"""Files as they are to be, and bringing them to the checkout: all of them, or none."""

from dataclasses import dataclass
from pathlib import Path

from toolbox.checkout import ROOT
from toolbox.errors import ToolboxError


@dataclass(frozen=True)
class Change:
    """A file as it is to be, by its path in the checkout; `before` is None where there is none."""

    path: Path
    before: str | None
    after: str


def as_it_is(path: Path) -> str | None:
    """Return what is in a file of the checkout; None where there is none."""
    return (ROOT / path).read_text() if (ROOT / path).exists() else None


def bring_over(changes: list[Change]) -> None:
    """Write the changes to the checkout, all of them or none.

    Raises:
        ToolboxError: a file is no longer as it was before, or cannot be written.
    """
    for change in changes:
        if as_it_is(change.path) != change.before:
            raise ToolboxError(f"{change.path} has changed meanwhile; nothing was written.")
    begun: list[Change] = []
    try:
        for change in changes:
            begun.append(change)
            (ROOT / change.path).parent.mkdir(parents=True, exist_ok=True)
            (ROOT / change.path).write_text(change.after)
    except BaseException as exc:
        _take_back(begun)
        if isinstance(exc, OSError):
            raise ToolboxError(f"{exc.filename}: {exc.strerror}; nothing was written.") from None
        raise


def _take_back(begun: list[Change]) -> None:
    for change in begun:
        path = ROOT / change.path
        if change.before is not None:
            path.write_text(change.before)
        elif path.exists():
            path.unlink()
        if path.parent.is_dir() and not any(path.parent.iterdir()):
            path.parent.rmdir()
