"""Broken histories are found, by the rule that each names, and healthy ones are not."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.gate.history.casefile import Case, all_of
from tests.gate.history.judging import found, isolated
from toolbox.databases import Throwaways

BROKEN, HEALTHY = all_of("broken"), all_of("healthy")


@pytest.fixture(autouse=True)
def _modules() -> Iterator[None]:
    with isolated():
        yield


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
