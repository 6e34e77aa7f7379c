"""The new revisions, run as a deployment runs them, and taken back."""

import time
from collections.abc import Sequence

from alembic.script import Script
from sqlalchemy.exc import SQLAlchemyError

from toolbox.errors import ToolboxError
from toolbox.gate.project import Project


def upgrade(project: Project, url: str, new: Sequence[Script]) -> str | None:
    """Run revisions on a database that has those before them, and return why it failed, if so."""
    try:
        for script in new:
            project.step_up(url, script)
    except (SQLAlchemyError, ToolboxError) as exc:
        return str(exc).splitlines()[0]
    return None


def downgrade(project: Project, url: str, new: Sequence[Script]) -> float | None:
    """Take revisions back, and return how many seconds it took, or None if it failed."""
    began = time.monotonic()
    try:
        for script in reversed(new):
            project.step_down(url, script)
    except (SQLAlchemyError, ToolboxError):
        return None
    return time.monotonic() - began


def version_table(project: Project) -> str:
    """Return the table that is Alembic's own, as `public.alembic_version`."""
    schema = project.options.get("version_table_schema") or "public"
    return f"{schema}.{project.options.get('version_table') or 'alembic_version'}"
