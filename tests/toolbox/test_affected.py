"""The tests that a change asks for, as `t` in `dev` chooses them."""

import re
import shutil
from pathlib import Path

import pytest

from tests.toolbox.checkouts import Checkout
from toolbox.checkout import ROOT
from toolbox.databases import Throwaways

TESTS = ("tests/functional/test_health.py", "tests/functional/test_docs.py")


@pytest.fixture
def checkout(tmp_path: Path, databases: Throwaways) -> Checkout:
    """A copy with the functional tests, all of which have run once."""
    url = databases.url
    copy = Checkout.copy(tmp_path / "checkout", DATABASE_URL=url, TESTMON_DATAFILE="testmon")
    unwanted = shutil.ignore_patterns("__pycache__")
    shutil.copytree(ROOT / "tests", copy.root / "tests", ignore=unwanted)
    passed, left_out = run(copy)
    assert passed > 5
    assert left_out == 0
    return copy


def run(checkout: Checkout) -> tuple[int, int]:
    """Run the tests that changes ask for; return how many passed, and how many were left out."""
    done = checkout.run("pytest", "-q", "-p", "no:randomly", "--testmon", *TESTS)
    assert done.returncode in {0, 5}, done.stdout  # 5: there was none to run
    counted = (re.search(rf"(\d+) {word}", done.stdout) for word in ("passed", "deselected"))
    passed, left_out = (int(found[1]) if found else 0 for found in counted)
    return passed, left_out


def test_what_changed(checkout: Checkout) -> None:
    """A function's body concerns those that run it, and what is in no function concerns all."""
    _, all_of_them = run(checkout)
    assert all_of_them > 5

    checkout.edit("api/health/routes.py", "return Ready(", 'return Ready(status="ready", ')
    passed, left_out = run(checkout)
    assert passed > 0
    assert left_out > 0

    checkout.edit("api/users/errors.py", "status = 404", "status = 410")
    assert run(checkout) == (all_of_them, 0)
