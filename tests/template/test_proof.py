"""What is made of the template is proved for each combination of choices, by its name."""

import pytest

from toolbox.errors import ToolboxError
from toolbox.template.proof import Combination, every


def test_every() -> None:
    """Each combination that makes another project is there once, and found by its name."""
    names = [one.name for one in every()]
    assert len(names) == len(set(names)) == 6
    assert {"plain", "without-items", "fresh-history,fresh-git"} <= set(names)
    # Without items the history is fresh, asked for or not.
    assert not [name for name in names if name.startswith("without-items,fresh-history")]
    assert [Combination.named(name) for name in names] == every()


def test_unknown() -> None:
    """A choice that there is not is refused, with those that there are."""
    with pytest.raises(ToolboxError, match=r"no choice items: there are plain, without-items"):
        Combination.named("items,fresh-git")
