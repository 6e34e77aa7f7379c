"""The pictures in docs/ that are made from the code: do they show it still?"""

from collections.abc import Callable, Mapping
from pathlib import Path

from api.models import Base
from toolbox.errors import ToolboxError
from toolbox.site.packages import draw_packages
from toolbox.site.tables import draw_tables

PICTURES: Mapping[str, Callable[[Path], str]] = {
    "docs/images/tables.svg": lambda _: draw_tables(Base.metadata),
    "docs/images/packages.svg": draw_packages,
}


def check_pictures(root: Path) -> None:
    """Compare the pictures of a checkout with what its code gives.

    Raises:
        ToolboxError: one does not show the code any more; the message says how to draw it anew.
    """
    if stale := [name for name, drawn in _drawn(root).items() if _read(root / name) != drawn]:
        raise ToolboxError(
            f"{' and '.join(stale)} no longer {'shows' if len(stale) == 1 else 'show'} what the "
            "code says. To draw anew, and commit: nox -s docs -- --fix"
        )


def write_pictures(root: Path) -> list[str]:
    """Draw anew what is not as the code is, and return the names of what was drawn."""
    written = []
    for name, drawn in _drawn(root).items():
        if _read(root / name) != drawn:
            (root / name).write_text(drawn)
            written.append(name)
    return written


def _drawn(root: Path) -> dict[str, str]:
    return {name: draw(root) for name, draw in PICTURES.items()}


def _read(path: Path) -> str | None:
    return path.read_text() if path.exists() else None
