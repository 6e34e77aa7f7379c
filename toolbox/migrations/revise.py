"""Writing a revision: from the models as they are to a file, and a list that has it."""

from pathlib import Path

from toolbox.migrations import lineage
from toolbox.migrations.alembic import differences, upgrade, write_revision

# Alembic manual, "What does Autogenerate Detect (and what does it not detect?)", less what
# migrations/autogenerate.py sees.
BLIND_SPOTS = """\
Autogenerate does not see:
  - a renamed table or column: it writes a drop and an add, which loses the data
  - exclusion constraints, checks without a name
  - values that an enum lost or that moved: it names them, Postgres can do neither
  - views, functions, triggers, grants, row-level security, extensions, sequences
  - data that must move along: write that yourself, before the column it comes from goes"""


def revise(url: str, message: str, *, empty: bool) -> Path | None:
    """Write a revision that brings the database to the models; None if they agree already.

    Args:
        url: a database of this checkout, which is upgraded to head first.
        message: what the revision does, in a few words.
        empty: write one with nothing in it, for what autogenerate cannot see.

    Raises:
        ToolboxError: Alembic refuses, as with two heads.
    """
    upgrade(url)
    if not empty and not differences(url):
        return None
    path = write_revision(url, message, autogenerate=not empty)
    lineage.write()
    return path
