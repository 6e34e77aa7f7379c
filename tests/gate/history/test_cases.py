"""Broken histories are found, by the rule that each names, and healthy ones are not."""

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.gate.history.casefile import Case, all_of
from toolbox.databases import Throwaways
from toolbox.gate.history import graph, history
from toolbox.gate.history.engine import climb_all, read

BROKEN, HEALTHY = all_of("broken"), all_of("healthy")


@pytest.fixture(autouse=True)
def _modules() -> Iterator[None]:
    """Forget the modules and the paths of a case."""
    modules, paths = set(sys.modules), [*sys.path]
    yield
    sys.path[:] = paths
    for name in {name for name in sys.modules if name.startswith("shop")} - modules:
        del sys.modules[name]


def needs_elsewhere(case: Case) -> bool:
    """Tell whether a second environment matters: starting a process for each case takes long."""
    return not case.finds or any(rule.startswith("nondeterministic") for rule in case.finds)


def found(case: Case, folder: Path, databases: Throwaways) -> dict[str, str]:
    """Return the rules that are found in a case, each with what it says."""
    project = case.write(folder)
    if needs_elsewhere(case):
        findings = history(project, databases).findings
    else:
        sources, result = read(project)
        if not graph.FATAL & {each.rule for each in result.findings}:
            climb_all(project, databases, sources, result)
        findings = result.findings
    return {finding.rule: f"{finding.subject}: {finding.message}" for finding in findings}


@pytest.mark.parametrize("case", BROKEN, ids=lambda case: case.name)
def test_broken(case: Case, tmp_path: Path, databases: Throwaways) -> None:
    """What is wrong is found, and nothing else."""
    rules = found(case, tmp_path, databases)
    assert set(rules) == case.finds, rules


@pytest.mark.parametrize("case", HEALTHY, ids=lambda case: case.name)
def test_healthy(case: Case, tmp_path: Path, databases: Throwaways) -> None:
    """Nothing is found where nothing is wrong."""
    rules = found(case, tmp_path, databases)
    assert rules == {}


def test_enough() -> None:
    """There are many cases, and every one of the broken says what must be found."""
    assert len(BROKEN) >= 40
    assert len(HEALTHY) >= 10
    assert all(case.finds for case in BROKEN)
    assert not any(case.finds for case in HEALTHY)
