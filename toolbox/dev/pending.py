"""Whether the database lacks revisions that this checkout has."""

import psycopg

from toolbox.migrations.alembic import OfAnotherBranch, scripts

CONNECT_TIMEOUT = 2  # seconds


def pending(url: str) -> list[str]:
    """Return the titles of the revisions that the database lacks, first the one that comes first.

    None are, where the database does not say.

    Raises:
        ToolboxError: a revision cannot be read, as while it is being written, or the database is at
            one of another branch.
    """
    history = scripts()
    try:
        with psycopg.connect(url, connect_timeout=CONNECT_TIMEOUT) as connection:
            row = connection.execute("SELECT version_num FROM alembic_version").fetchone()
    except psycopg.Error:
        return []
    current = row[0] if row else None
    known = {script.revision: script for script in history.walk_revisions()}
    if current and current not in known:
        raise OfAnotherBranch(current)
    if len(history.get_heads()) != 1:
        return []
    lacking = history.iterate_revisions("head", current or "base")
    return [script.doc.rstrip(".") for script in reversed([*lacking])]
