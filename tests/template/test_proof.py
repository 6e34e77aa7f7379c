"""What is made of the template is proved for each combination of choices, by its name."""

import pytest
import yaml

from toolbox.checkout import ROOT
from toolbox.errors import ToolboxError
from toolbox.template.proof import Combination, every

NIGHTLY = ROOT / ".github" / "workflows" / "nightly.yml"


def test_every() -> None:
    """Each combination that makes another project is there once, and found by its name."""
    names = [one.name for one in every()]
    assert len(names) == len(set(names)) == 6
    assert {"plain", "without-items", "fresh-history,fresh-git"} <= set(names)
    # Without items the history is fresh, asked for or not.
    assert not [name for name in names if name.startswith("without-items,fresh-history")]
    assert [Combination.named(name) for name in names] == every()


def test_nightly() -> None:
    """Each of them is made every night, and put through its own `nox`."""
    rows = yaml.safe_load(NIGHTLY.read_text())["jobs"]["session"]["strategy"]["matrix"]["include"]
    options = [row["options"] for row in rows if row["session"] == "template"]
    assert options == [f"--nox --only {one.name}" for one in every()]


def test_unknown() -> None:
    """A choice that there is not is refused, with those that there are."""
    with pytest.raises(ToolboxError, match=r"no choice items: there are plain, without-items"):
        Combination.named("items,fresh-git")
