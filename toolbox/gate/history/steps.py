"""Running one revision, and saying what went wrong with it."""

import traceback
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from alembic.script import Script
from sqlalchemy.exc import DBAPIError

from toolbox.errors import ToolboxError
from toolbox.gate import roles
from toolbox.gate.catalog import Snapshot, snapshot
from toolbox.gate.finding import Finding, Place, Question
from toolbox.gate.project import Project


def version_table(project: Project) -> str:
    """Return the name of Alembic's own table, which is known once env.py has run."""
    schema = project.options.get("version_table_schema") or "public"
    return f"{schema}.{project.options.get('version_table') or 'alembic_version'}"


def look(project: Project, url: str) -> Snapshot:
    """Take a snapshot of a database, without Alembic's own table."""
    taken = snapshot(url)
    own = version_table(project)
    for key in [key for key in taken.entries if own in key[1]]:
        del taken.entries[key]
    return taken


Direction = Literal["upgrade", "downgrade"]


@dataclass(frozen=True)
class Failure:
    """What a revision raised.

    Args:
        said: the error's message, in a line.
        place: where in the revision.
        statement: the SQL that Postgres refused, if it was that.
        irreversible: whether it says that there is no way back.
        meets_role: whether a role that it makes is there already.
    """

    said: str
    place: Place
    statement: str | None
    irreversible: bool
    meets_role: bool = False

    def finding(self, rule: str, message: str) -> Finding:
        """Make a finding of it; the message comes before what the error says."""
        if self.meets_role:
            rule, message = roles.RULE, roles.MESSAGE
        return Finding(
            rule,
            Question.HISTORY,
            f"revision {self.place.revision}",
            f"{message}: {self.said}",
            self.place,
            self.statement,
        )


def step(project: Project, url: str, script: Script, direction: Direction) -> Failure | None:
    """Take a database one revision up or down; return what it raised, if anything.

    Raises:
        ToolboxError: env.py cannot be run at all.
    """
    run = project.step_up if direction == "upgrade" else project.step_down
    try:
        run(url, script)
    except ToolboxError as exc:
        if exc.__cause__ is None and exc.__context__ is None:
            raise
        return failure(exc.__context__ or exc, script)
    except Exception as exc:  # noqa: BLE001 - a revision may raise anything
        return failure(exc, script)
    return None


def failure(exc: BaseException, script: Script) -> Failure:
    """Say what a revision raised, and where in it."""
    path = Path(script.path)
    lines = [
        frame.lineno
        for frame in traceback.extract_tb(exc.__traceback__)
        if Path(frame.filename).name == path.name
    ]
    statement = None
    said = str(exc).strip()
    if isinstance(exc, DBAPIError):
        statement = exc.statement
        said = str(exc.orig).strip()
    first = said.splitlines()[0] if said else type(exc).__name__
    name = "" if isinstance(exc, DBAPIError) else f"{type(exc).__name__}: "
    return Failure(
        f"{name}{first}",
        Place(script.revision, path, lines[-1] if lines else None),
        statement,
        isinstance(exc, NotImplementedError),
        roles.is_there_already(exc),
    )
