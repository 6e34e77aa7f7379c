"""What the gate finds in the history of a case."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.gate.history.casefile import Case
from toolbox.databases import Throwaways
from toolbox.gate.history import graph, history
from toolbox.gate.history.engine import climb_all, read
from toolbox.gate.project import Project
from toolbox.gate.roles import made_by


@contextmanager
def isolated() -> Iterator[None]:
    """Forget the modules and the paths of a case afterwards."""
    modules, paths = set(sys.modules), [*sys.path]
    try:
        yield
    finally:
        sys.path[:] = paths
        for name in {name for name in sys.modules if name.startswith("shop")} - modules:
            del sys.modules[name]


def needs_elsewhere(case: Case) -> bool:
    """Tell whether a second environment matters: starting a process for each case takes long."""
    return not case.finds or any(rule.startswith("nondeterministic") for rule in case.finds)


def found(case: Case, folder: Path, databases: Throwaways) -> dict[str, str]:
    """Return the rules that are found in a case, each with what it says."""
    project = case.write(folder)
    # With the last of its databases a case's roles go: so they are no part of the session's own.
    with Throwaways(databases.url) as own:
        own.own_roles(made_by(project))
        return _found(case, project, own)


def _found(case: Case, project: Project, databases: Throwaways) -> dict[str, str]:
    if needs_elsewhere(case):
        findings = history(project, databases).findings
    else:
        sources, result = read(project)
        if not graph.FATAL & {each.rule for each in result.findings}:
            climb_all(project, databases, sources, result)
        findings = result.findings
    return {finding.rule: f"{finding.subject}: {finding.message}" for finding in findings}
