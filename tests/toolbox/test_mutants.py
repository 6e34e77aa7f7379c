"""The faults that the concurrency checker is tried on."""

import compileall
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from toolbox.checkout import ROOT
from toolbox.commands.mutants import mutants
from toolbox.databases import Throwaways
from toolbox.errors import ToolboxError
from toolbox.mutants.campaign import Hunt, Notes, carry_out, hunts
from toolbox.mutants.clean import Clean, table
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


def score(*catches: Catch, wanted: int | None = None) -> Score:
    return Score(FAULTS[0], 1, catches, len(catches) if wanted is None else wanted)


@pytest.mark.parametrize(
    ("asked", "found"),
    [
        ("if-match-is-checked-first", {"if-match-is-checked-first"}),
        (
            "if-match-is-checked",
            {"if-match-is-checked-first", "if-match-is-checked-first-without-a-pause"},
        ),
    ],
)
def test_names(asked: str, found: set[str]) -> None:
    """A whole name is that fault's, also where another begins so; else the beginning counts."""
    assert {fault.name for fault in choose((asked,))} == found


def test_score() -> None:
    """A fault is caught if at least 19 of 20 seeds name it."""
    assert score(*[NAMED] * 19, MISSED).is_caught
    assert score(*[NAMED] * 18, MISSED, MISSED).is_missed
    assert "1 of 2 named" in summary([score(NAMED), score(MISSED)])


def test_no_result() -> None:
    """Where the service did not start nothing was missed, and it says so."""
    nothing = score(wanted=1)
    assert not nothing.is_missed
    assert not nothing.is_caught
    assert "no result" in nothing.cells()
    assert "1 of 2 hunts had no result" in summary([nothing, score(NAMED)])
    assert "1 of 1 named" in summary([nothing, score(NAMED)])


class TestNotes:
    HUNT = Hunt("cache-of-each-worker", 4, 1, ("--effort", "0.4"))

    def test_go_on(self, tmp_path: Path) -> None:
        """What was noted is known to the next run; the last word on a hunt holds."""
        path = tmp_path / "new" / "notes.jsonl"
        Notes(path).add(self.HUNT, MISSED)
        Notes(path).add(self.HUNT, NAMED)
        assert Notes(path).of(self.HUNT) == NAMED

    @pytest.mark.parametrize(
        "other", [{"seed": 2}, {"workers": 1}, {"options": ("--effort", "1")}, {"fault": "other"}]
    )
    def test_another_hunt(self, tmp_path: Path, other: dict[str, Any]) -> None:
        """A hunt with another seed, number of workers or effort is another."""
        notes = Notes(tmp_path / "notes.jsonl")
        notes.add(self.HUNT, NAMED)
        assert notes.of(replace(self.HUNT, **other)) is None

    @pytest.mark.parametrize("line", ["no JSON", "{}", '{"hunt": {"options": []}, "catch": {}}'])
    def test_of_another_kind(self, tmp_path: Path, line: str) -> None:
        """A file that is none of ours is named, with the line, and not written to."""
        path = tmp_path / "notes.jsonl"
        path.write_text(f"{line}\n")
        with pytest.raises(ToolboxError, match=r"Line 1 of .*notes\.jsonl is not a note"):
            Notes(path)
        assert path.read_text() == f"{line}\n"


def test_narrow_hunt() -> None:
    """A narrow hunt plays what shows the fault's own invariants."""
    fault = choose(("if-match-is-checked-first-without",))[0]
    [hunt] = hunts(fault, 1, 1, ["--effort", "0.4"], narrow=True)
    only = ("--only", "if-match-is-atomic", "--only", "no-lost-update")
    assert hunt.options == (*only, "--effort", "0.4")


def test_clean_runs() -> None:
    """False alarms are told one by one, and a run without a report is no good one."""
    held = {"held": ["fresh-reads"], "inconclusive": ["keep-alive-is-safe"]}
    alarm = Clean("nothing", 2, {"violated": ["fresh-reads"]}, ("fresh-reads: old",), 9.0)
    shown = table([Clean("nothing", 1, held, (), 5.0), Clean("nothing", 1), alarm])
    assert shown.rows == [
        ("nothing", "1", "2", "1", "0", "1", "0", "1", "5"),
        ("nothing", "2", "1", "0", "1", "0", "0", "0", "9"),
    ]
    assert shown.notes == (
        "3 runs, 1 with a false alarm.",
        "nothing, 2 workers: fresh-reads: old",
        "Not concluded: keep-alive-is-safe (1).",
    )


def test_service_that_does_not_start(
    databases: Throwaways, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """It is started anew once; then its hunts have no result, and say why."""
    path = tmp_path / "does-not-start.patch"
    path.write_text(
        "It cannot be.\n\nInvariant: fresh-reads\nEnvironment: DATABASE_POOL_SIZE=none\n"
    )
    fault, notes = Fault.read(path), Notes(None)
    wanted = hunts(fault, 1, 2, [])
    carry_out(fault, 1, wanted, notes, databases)
    assert [notes.of(one) for one in wanted] == [None, None]
    assert capsys.readouterr().err.count("does-not-start: The service did not become ready") == 2


def test_table_of_notes(tmp_path: Path) -> None:
    """What was hunted is printed without another hunt, several seeds as one row."""
    path = tmp_path / "notes.jsonl"
    for seed, catch in enumerate((NAMED, MISSED)):
        Notes(path).add(Hunt("if-match-is-ignored", 4, seed, ()), catch)
    done = CliRunner().invoke(mutants, ["table", str(path), "--format", "markdown"])
    assert "| if-match-is-ignored | 4 | 1 of 2 | 1 of 2 | 1.0 | 3 | fresh-reads |" in done.output
    assert "| if-match-is-ignored | 1 |" not in done.output
