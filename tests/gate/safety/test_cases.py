"""Each case is found for what it is, and its healthy twins are not."""

import ast
import re
from pathlib import Path

import pytest

from tests.gate.safety.projects import judged, project
from toolbox.databases import Throwaways

CASES = Path(__file__).with_name("cases")


def constant(tree: ast.Module, name: str) -> object:
    """Return the value of a constant of a module; None if it has none of this name."""
    for node in tree.body:
        match node:
            case (
                ast.Assign(targets=[ast.Name(id=found)], value=value)
                | ast.AnnAssign(target=ast.Name(id=found), value=ast.expr() as value)
            ) if found == name:
                return ast.literal_eval(value)
    return None


@pytest.mark.parametrize(
    "file",
    [pytest.param(path, id=path.stem) for path in sorted(CASES.rglob("[a-z]*.py"))],
)
def test_case(file: Path, databases: Throwaways, tmp_path: Path) -> None:
    """All that the case expects is found; of a healthy one nothing."""
    source = file.read_text()
    tree = ast.parse(source)
    needs = constant(tree, "NEEDS") or 14
    if float(databases.server_version) < float(str(needs)):
        pytest.skip(f"it needs Postgres {needs}")
    expected, timeout = constant(tree, "EXPECTED"), constant(tree, "LOCK_TIMEOUT")
    assert isinstance(expected, list)
    made = project(tmp_path, str(constant(tree, "BEFORE")), source, timeout=timeout is not False)
    found = judged(made, databases)
    told = "\n".join(f"{one.rule} {one.subject}: {one.message}" for one in found)
    if not expected:
        assert not found, told
    assert set(expected) <= {one.rule for one in found}, told
    if expected:
        lines = len(source.splitlines())
        places = [one.place for one in found]
        assert all(place and place.revision == "case" for place in places), told
        assert all((place.line or 1) <= lines for place in places if place)
        assert re.search(r"def upgrade", source)
