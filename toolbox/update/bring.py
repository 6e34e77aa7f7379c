"""An update from its beginning to its report."""

from dataclasses import replace
from pathlib import Path

from toolbox.update.merge import merge
from toolbox.update.record import Record
from toolbox.update.report import Update
from toolbox.update.source import Template
from toolbox.update.trees import require_clean, store


def bring(root: Path, reference: str, source: str | None = None) -> Update | None:
    """Merge into a project what is new in its template, and return what came of it.

    Args:
        root: the project.
        reference: up to which commit of the template, by its id, a tag or a branch.
        source: where the template is now, if not where the project's record says.

    Returns:
        None where the project is at that commit already.

    Raises:
        ToolboxError: the update did not begin; nothing was changed.
    """
    record = Record.read(root)
    require_clean(root)
    record = replace(record, source=source or record.source)
    with Template.fetched(record.source) as template:
        before, now = template.commit(record.commit), template.commit(reference)
        if before == now:
            return None
        with template.made(record, before) as old, template.made(record, now) as new:
            trees = store(root, old), store(root, new)
        merged = merge(root, *trees, f"template {now[:12]}")
        return Update.of(template, record, now, merged)
