"""The list of revisions that the service carries, to know whether its database is behind.

It has the revisions in their order, a line each. Two branches that both add a revision both add a
line at its end, so git reports a conflict where Alembic would only later report two heads.
"""

from toolbox.checkout import ROOT
from toolbox.errors import ToolboxError
from toolbox.migrations.alembic import check_for_one_head, scripts

FILE = ROOT / "api" / "schema_revisions.txt"


def revisions() -> list[str]:
    """Return the revisions in migrations/versions, oldest first.

    Raises:
        ToolboxError: there are two heads.
    """
    directory = scripts()
    check_for_one_head(directory)
    return [script.revision for script in directory.walk_revisions()][::-1]


def write() -> None:
    """Write the list anew."""
    FILE.write_text("".join(f"{revision}\n" for revision in revisions()))


def check() -> None:
    """Compare the list with migrations/versions.

    Raises:
        ToolboxError: they differ.
    """
    if not FILE.exists() or FILE.read_text().split() != revisions():
        raise ToolboxError(
            f"{FILE.relative_to(ROOT)} does not list the revisions of migrations/versions in their "
            "order. Write it anew with: nox -s revision -- --list"
        )
