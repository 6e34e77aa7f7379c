"""The faults that the concurrency checker is tried on."""

import compileall
from pathlib import Path

import pytest

from toolbox.checkout import ROOT
from toolbox.errors import ToolboxError
from toolbox.mutants.fault import Fault, all_faults, choose
from toolbox.mutants.hunt import Catch
from toolbox.mutants.table import Score, summary

FAULTS = all_faults()
NAMED = Catch(("fresh-reads",), 1.0, 3, named=True)
MISSED = Catch((), None, None, named=False)


def sources(folder: Path) -> dict[Path, str]:
    return {path.relative_to(folder): path.read_text() for path in folder.rglob("api/**/*.py")}


@pytest.mark.parametrize("fault", FAULTS, ids=lambda fault: fault.name)
def test_fits(fault: Fault) -> None:
    """Each fault can still be put into the service, changes it or its database, and compiles."""
    with fault.put_in() as folder:
        changed = sources(folder) != {
            path: text for path, text in sources(ROOT).items() if path.parts[0] == "api"
        }
        assert changed == bool(fault.patch)
        assert changed or fault.sql
        assert compileall.compile_dir(folder / "api", quiet=1, workers=1)


def test_checkout_is_untouched() -> None:
    """A fault is put into a copy, which is gone afterwards."""
    before = (ROOT / "api" / "items" / "service.py").read_text()
    with choose(("if-match-is-ignored",))[0].put_in() as folder:
        assert (folder / "api" / "items" / "service.py").read_text() != before
    assert (ROOT / "api" / "items" / "service.py").read_text() == before
    assert not folder.exists()


def test_patch_that_does_not_fit() -> None:
    """A fault that the service has outgrown says so, and how to make it anew."""
    fault = choose(("if-match-is-ignored",))[0]
    old = Fault(
        **{
            **{name: getattr(fault, name) for name in Fault.__slots__},
            "patch": fault.patch.replace("conditional=", "unconditional="),
        }
    )
    with pytest.raises(ToolboxError, match="does not fit the service any more"), old.put_in():
        pass


def test_unknown_name() -> None:
    """A name that no fault has is answered with those that there are."""
    with pytest.raises(ToolboxError, match=r"There are: .*cache-of-each-worker"):
        choose(("nonsense",))


def test_score() -> None:
    """A fault is caught if at least 19 of 20 seeds name it."""
    fault = FAULTS[0]
    assert Score(fault, 1, [NAMED] * 19 + [MISSED]).is_caught
    assert not Score(fault, 1, [NAMED] * 18 + [MISSED] * 2).is_caught
    assert "1 of 2 named" in summary([Score(fault, 1, [NAMED]), Score(fault, 4, [MISSED])])
