"""What a test depends on without running it: for pytest-testmon, which knows only what it ran.

A module says much outside of its functions: a table, the status of a refusal, a limit, a route. The
first import runs that, and so no test does: without this, none would run again when it changes.
"""

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
DECLARING = ("api", "tests.functional")  # packages
MIGRATIONS = "migrations/**/*.py"  # which make the database before the first test


def depend_on_declarations(report: pytest.TestReport) -> None:
    """Add to what testmon noted of tests: the first line stands for what is in no function."""
    for lines in (getattr(report, "nodes_files_lines", None) or {}).values():
        for path in _declaring():
            lines.setdefault(str(path.relative_to(ROOT)), set()).add(1)


def _declaring() -> Iterator[Path]:
    for name, module in list(sys.modules.items()):
        is_test = name.rpartition(".")[2].startswith("test_")
        if name.startswith(DECLARING) and module.__file__ and not is_test:
            yield Path(module.__file__)
    yield from ROOT.glob(MIGRATIONS)
