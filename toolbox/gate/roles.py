"""Roles that revisions make.

They belong to the whole server: a second database meets those of the first, and dropping a database
leaves them.
"""

import re
from pathlib import Path

from toolbox.errors import ToolboxError
from toolbox.gate.project import Project
from toolbox.gate.sqlstate import sqlstate

MAKES = re.compile(r'\bCREATE\s+(?:ROLE|USER|GROUP)\s+(?!MAPPING\b)"?(\w+)', re.IGNORECASE)
EXISTS = "42710"  # duplicate_object; Postgres manual, appendix A

RULE = "shared-role"
MESSAGE = (
    "It makes a role that another database of the server has made: roles belong to all of them"
)


def made_by(project: Project) -> frozenset[str]:
    """Return the roles that the revisions name where they make some; none if they do not load."""
    try:
        scripts = project.revisions()
    except ToolboxError:
        return frozenset()
    texts = (Path(script.path).read_text("utf-8", errors="replace") for script in scripts)
    return frozenset(name for text in texts for name in MAKES.findall(text))


def is_there_already(error: BaseException) -> bool:
    """Tell whether a statement failed because the role that it makes is there."""
    statement = getattr(error, "statement", None) or ""
    return sqlstate(error) == EXISTS and MAKES.search(statement) is not None
