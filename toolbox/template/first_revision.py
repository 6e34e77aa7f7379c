"""The revision that makes all that a tree's models say, written by the tree's own Alembic.

A program, which is run with the tree as its PYTHONPATH: what it imports is the tree's.
"""

import re
import sys
from collections.abc import Iterator
from os import environ
from pathlib import Path

from sqlalchemy import DDL, MetaData, create_mock_engine

from api.models import Base
from toolbox.checkout import ROOT
from toolbox.errors import ToolboxError
from toolbox.migrations import lineage
from toolbox.migrations.alembic import write_revision

NOTES = re.compile(r"^ *# ### .* ###\n", re.MULTILINE)
MADE = re.compile(r"CREATE (?:OR REPLACE )?(?P<kind>FUNCTION|TRIGGER) (?P<name>\w+)")


def write(url: str, message: str) -> Path:
    """Write the revision, and the list that has it; return its path.

    Raises:
        ToolboxError: the models have DDL that nobody here can take back.
    """
    path = ROOT / write_revision(url, message, autogenerate=True)
    beside = list(declared(Base.metadata))
    path.write_text(completed(path.read_text(), beside))
    lineage.write()
    return path


def declared(metadata: MetaData) -> Iterator[str]:
    """Give the DDL that is declared beside tables, which autogenerate does not see, in order."""
    emitted: list[object] = []
    engine = create_mock_engine("postgresql+psycopg://", lambda ddl, *_, **__: emitted.append(ddl))
    metadata.create_all(engine, checkfirst=False)
    yield from (one.statement for one in emitted if isinstance(one, DDL))


def completed(revision: str, beside: list[str]) -> str:
    """Return a revision with these statements after what autogenerate wrote.

    What a table's triggers call is dropped after the tables, with which the triggers go.

    Raises:
        ToolboxError: one makes something else than a function or a trigger.
    """
    upgrade, mark, downgrade = NOTES.sub("", revision).partition("\n\n\ndef downgrade")
    upgrade += "".join(f'\n    op.execute("""\\\n{one.strip()}""")' for one in beside)
    downgrade = downgrade.rstrip("\n")
    for one in beside:
        made = MADE.match(one.strip())
        if made is None:
            raise ToolboxError(
                f"The models declare DDL that --fresh-history cannot take back: {one[:80]} ... "
                "It knows functions and triggers: teach toolbox/template/first_revision.py this."
            )
        if made["kind"] == "FUNCTION":
            downgrade += f'\n    op.execute("DROP FUNCTION {made["name"]}")'
    return f"{upgrade}{mark}{downgrade}\n"


if __name__ == "__main__":
    try:
        write(environ["DATABASE_URL"], sys.argv[1])
    except ToolboxError as exc:
        sys.exit(str(exc))
