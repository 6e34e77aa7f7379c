"""The migration gate: what must hold of the migrations before they are merged."""

from toolbox.errors import ToolboxError
from toolbox.migrations import lineage
from toolbox.migrations.alembic import differences, upgrade


def check(url: str) -> None:
    """Check the migrations on an empty database: all run, and they end where the models are.

    Raises:
        ToolboxError: they do not; the message lists each difference.
    """
    lineage.check()
    upgrade(url, quiet=True)
    if found := differences(url):
        listed = "\n  ".join(map(_describe, found))
        raise ToolboxError(
            f"The models and the migrations differ:\n  {listed}\n"
            'Write a revision for it with: nox -s revision -- -m "what it does"'
        )


def _describe(difference: object) -> str:
    """Say in a line what autogenerate found: a tuple, or a list of them for one column."""
    if isinstance(difference, list):
        return "; ".join(map(_describe, difference))
    return " ".join(map(str, difference)) if isinstance(difference, tuple) else str(difference)
